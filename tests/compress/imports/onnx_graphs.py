"""Small ONNX graphs by hand, and what the reference evaluator of the onnx package says about them."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from spikewright.compress import from_onnx, trace

Spec = tuple[str, list[str], dict[str, Any]]
"""Operator, names of inputs, attributes; the result is called after its place: "v0", "v1", ..."""
Case = tuple[list[Spec], dict[str, Any]] | tuple[list[Spec], dict[str, Any], tuple[Any, ...]]
"""Nodes, constants, and the declared shape of the input where that is not (n, 3, 8, 8)."""


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
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", opset)], ir_version=9 if opset < 22 else 11)


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


def ints(*values: int) -> np.ndarray:
    """Axes, sizes and the like."""
    return np.array(values, np.int64)


def same_as_onnx(case: Case, folder: Path, opset: int = 18) -> None:
    """What is imported gives what onnx gives, for three images and for one, and is a graph that the project reads."""
    nodes, constants, *rest = case
    shape: tuple[Any, ...] = rest[0] if rest else ("n", 3, 8, 8)
    model = graph(nodes, constants, shape, opset)
    images = numbers(3, *shape[1:])
    imported = from_onnx(written(model, folder))
    with torch.no_grad():
        result = imported(torch.from_numpy(images)).numpy()
        single = imported(torch.from_numpy(images[:1])).numpy()
    wanted = expected(model, images)
    assert result.shape == wanted.shape
    assert np.abs(result - wanted).max() <= 1e-5 * max(1.0, np.abs(wanted).max())
    assert np.allclose(single, result[:1], atol=1e-5)
    view = trace(imported, images)
    assert view.node(view.output).shape == result.shape[1:]
