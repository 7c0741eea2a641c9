"""A sound ONNX file, and changes that damage it."""

from collections.abc import Callable
from typing import Any

import onnx

from tests.compress.imports.onnx_graphs import graph, numbers

CONV: list[Any] = [("Conv", ["x", "w"], {}), ("Relu", ["v0"], {})]
WEIGHTS = {"w": numbers(2, 3, 3, 3)}


def sound() -> onnx.ModelProto:
    return graph(CONV, WEIGHTS)


def changed(change: Callable[[onnx.ModelProto], Any]) -> Callable[[], onnx.ModelProto]:
    def make() -> onnx.ModelProto:
        model = sound()
        change(model)
        return model

    return make


def tensor_of(model: onnx.ModelProto) -> Any:
    return model.graph.initializer[0]


def outside(location: str, **entries: str) -> Callable[[onnx.ModelProto], None]:
    def change(model: onnx.ModelProto) -> None:
        tensor = tensor_of(model)
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in {"location": location, **entries}.items():
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value

    return change
