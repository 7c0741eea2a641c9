"""Reading an ONNX file without trusting it: nothing in it is run, and its tensors must be what they declare."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import InvalidFile
from spikewright.compress.imports.errors import Damaged
from spikewright.compress.imports.onnx.tensors import array_of
from spikewright.optional import require

OWN_DOMAIN = ("", "ai.onnx")


@dataclass(frozen=True, eq=False)
class OnnxFile:
    """The graph of a file, the version of its operators, and its constants by name."""

    path: Path
    graph: Any
    opset: int
    constants: dict[str, np.ndarray]


def read(path: str | Path) -> OnnxFile:
    """The file with its tensors as numpy arrays. Raises InvalidFile for anything else, MissingTool without onnx."""
    onnx, path = require("onnx"), Path(path)
    model = _parsed(onnx, path)
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    foreign = [entry.domain for entry in model.opset_import if entry.domain not in OWN_DOMAIN]
    versions = [entry.version for entry in model.opset_import if entry.domain in OWN_DOMAIN]
    if not versions:
        raise InvalidFile(f"expected operators of ONNX in {path}, got those of {foreign}; try to export it again")
    if model.graph.sparse_initializer:
        raise InvalidFile(f"expected dense tensors in {path}, got sparse ones; try to export dense weights")
    return OnnxFile(path, model.graph, max(versions), {one.name: _array(one, path) for one in model.graph.initializer})


def declared_shape(value: Any) -> Iterator[int | None]:
    """The sizes that an input of the graph declares; None where one is left open."""
    for dimension in value.type.tensor_type.shape.dim:
        yield int(dimension.dim_value) if dimension.HasField("dim_value") else None


def _array(tensor: Any, path: Path) -> np.ndarray:
    try:
        return array_of(tensor, path.parent)
    except Damaged as error:
        raise InvalidFile(
            f"expected a whole tensor {tensor.name!r} in {path}, got {error}; try to export the model again"
        ) from error


def _parsed(onnx: Any, path: Path) -> Any:
    """The model in a file, its tensors not looked at yet."""
    from google.protobuf.message import DecodeError

    try:
        with path.open("rb") as file:
            model = onnx.load_model(file, load_external_data=False)
    except OSError as error:
        raise InvalidFile(f"expected a readable file at {path}, got: {error.strerror}; try another path") from error
    except (DecodeError, ValueError, RuntimeError, RecursionError) as error:
        raise InvalidFile(
            f"expected an ONNX file at {path}, got something else or a piece of one; try to export the model again"
        ) from error
    if not model.ir_version or not model.HasField("graph") or not model.graph.node:
        raise InvalidFile(
            f"expected an ONNX file at {path}, got something without a graph; try to export the model again"
        )
    return model
