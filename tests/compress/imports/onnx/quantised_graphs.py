"""Small quantised ONNX files, as onnxruntime.quantization writes them, by hand: a convolution, a pool, a linear layer."""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RNG = np.random.default_rng(0)
SHAPE = (3, 6, 6)
INPUT, HIDDEN, LAST = 1 / 255, 0.021, 0.04
"""Scales of activations."""


def weights(kind: str, shape: tuple[int, ...], each: bool, axis: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Integers, scales and zero points, one for all or one for each place of `axis`."""
    low, high = (-127, 128) if kind == "int8" else (3, 255)
    count = (shape[axis],) if each else ()
    codes = RNG.integers(low, high, shape).astype(kind)
    scale = RNG.uniform(0.002, 0.004, count).astype(np.float32)
    return codes, scale, np.full(count, 0 if kind == "int8" else 126, kind)


def constants(kind: str, each: bool, activations: str) -> dict[str, np.ndarray]:
    """All tensors of both forms of the file."""
    found: dict[str, np.ndarray] = {}
    found["w"], found["ws"], found["wz"] = weights(kind, (4, 3, 3, 3), each)
    found["m"], found["ms"], found["mz"] = weights(kind, (36, 5), each, 1)
    least = np.iinfo(activations).min
    for name, scale in (("x", INPUT), ("h", HIDDEN), ("y", LAST)):
        found[f"{name}s"] = np.float32(scale)
        found[f"{name}z"] = np.array(least if name != "y" else least + 128, activations)
    found["b"] = RNG.integers(-4000, 4000, 4).astype(np.int32)
    found["bs"] = (found["xs"] * found["ws"]).astype(np.float32).reshape(found["ws"].shape)
    return found


Node = tuple[str, list[str], list[str], dict[str, Any]]
PADS = {"pads": [1, 1, 1, 1]}
POOL: Node = ("MaxPool", ["hd"], ["p"], {"kernel_shape": [2, 2], "strides": [2, 2]})
QDQ: list[Node] = [
    ("QuantizeLinear", ["x", "xs", "xz"], ["xq"], {}),
    ("DequantizeLinear", ["xq", "xs", "xz"], ["xd"], {}),
    ("DequantizeLinear", ["w", "ws", "wz"], ["wd"], {"axis": 0}),
    ("DequantizeLinear", ["b", "bs"], ["bd"], {"axis": 0}),
    ("Conv", ["xd", "wd", "bd"], ["c"], PADS),
    ("QuantizeLinear", ["c", "hs", "hz"], ["hq"], {}),
    ("DequantizeLinear", ["hq", "hs", "hz"], ["hd"], {}),
    POOL,
    ("QuantizeLinear", ["p", "hs", "hz"], ["pq"], {}),
    ("DequantizeLinear", ["pq", "hs", "hz"], ["pd"], {}),
    ("Flatten", ["pd"], ["f"], {}),
    ("DequantizeLinear", ["m", "ms", "mz"], ["md"], {"axis": 1}),
    ("MatMul", ["f", "md"], ["y"], {}),
]
OPERATORS: list[Node] = [
    ("QuantizeLinear", ["x", "xs", "xz"], ["xq"], {}),
    ("QLinearConv", ["xq", "xs", "xz", "w", "ws", "wz", "hs", "hz", "b"], ["hd"], PADS),
    POOL,
    ("Flatten", ["p"], ["f"], {}),
    ("QLinearMatMul", ["f", "hs", "hz", "m", "ms", "mz", "ys", "yz"], ["yq"], {}),
    ("DequantizeLinear", ["yq", "ys", "yz"], ["y"], {}),
]


def quantised(nodes: list[Node], tensors: dict[str, np.ndarray], domain: str = "") -> onnx.ModelProto:
    """The model of those nodes from "x" to "y"; `domain` is that of QGemm and other operators of onnxruntime."""
    own = ("QGemm", "QLinearAdd", "QLinearGlobalAveragePool", "QLinearAveragePool", "QLinearConcat")
    made = [
        helper.make_node(op, given, results, name=f"{op}_{results[0]}", domain=domain if op in own else "", **settings)
        for op, given, results, settings in nodes
    ]
    start = helper.make_tensor_value_info("x", TensorProto.FLOAT, ("n", *SHAPE))
    answer = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    used = {name for node in made for name in node.input}
    kept = [numpy_helper.from_array(np.asarray(value), name) for name, value in tensors.items() if name in used]
    body = helper.make_graph(made, "main", [start], [answer], kept)
    opsets = [helper.make_opsetid("", 19), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(body, opset_imports=opsets, ir_version=9)
