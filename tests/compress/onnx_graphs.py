"""Small ONNX graphs by hand, and what the reference evaluator of the onnx package says about them."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

Spec = tuple[str, list[str], dict[str, Any]]
"""Operator, names of inputs, attributes; the result is called after its place: "v0", "v1", ..."""


def graph(
    nodes: list[Spec], constants: dict[str, Any] | None = None, shape: tuple[Any, ...] = ("n", 3, 8, 8), opset: int = 18
) -> onnx.ModelProto:
    """A model of those nodes from the input "x" to the result of the last."""
    made = [
        helper.make_node(op, inputs, [f"v{number}"], name=f"{op.lower()}{number}", **attributes)
        for number, (op, inputs, attributes) in enumerate(nodes)
    ]
    kept = [numpy_helper.from_array(np.asarray(value), name) for name, value in (constants or {}).items()]
    start = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)
    answer = helper.make_tensor_value_info(f"v{len(nodes) - 1}", onnx.TensorProto.FLOAT, None)
    body = helper.make_graph(made, "main", [start], [answer], kept)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def written(model: onnx.ModelProto, folder: Path) -> Path:
    """The model as a file."""
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def expected(model: onnx.ModelProto, images: np.ndarray) -> np.ndarray:
    """What onnx itself computes."""
    return ReferenceEvaluator(model).run(None, {"x": images})[0]


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    """Weights of that shape, float32."""
    return np.random.default_rng((seed, *shape)).normal(size=shape).astype(np.float32)
