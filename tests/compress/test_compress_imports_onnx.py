"""ONNX graphs of every operator that is known: the same numbers as the reference evaluator of the onnx package."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import from_onnx, trace
from tests.compress.onnx_graphs import Spec, expected, graph, numbers, written

IMAGES = numbers(3, 3, 8, 8)
W = {"w": numbers(6, 3, 3, 3), "b": numbers(6)}
FLAT = ("n", 12)
Case = tuple[list[Spec], dict[str, Any]] | tuple[list[Spec], dict[str, Any], tuple[Any, ...]]


def norm(channels: int) -> dict[str, np.ndarray]:
    return {
        **{name: numbers(channels, seed=place) for place, name in enumerate(("gamma", "beta", "mean"))},
        "var": np.abs(numbers(channels)) + 0.1,
    }


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


NORM = ["gamma", "beta", "mean", "var"]
CASES: dict[str, Case] = {
    "conv": ([("Conv", ["x", "w", "b"], {"pads": [1, 1, 1, 1], "strides": [2, 2]})], W),
    "conv, groups and gaps": ([("Conv", ["x", "w"], {"group": 3, "dilations": [2, 1]})], {"w": numbers(6, 1, 3, 2)}),
    "conv, uneven pads": ([("Conv", ["x", "w", "b"], {"pads": [0, 1, 2, 1]})], W),
    "conv, same upper": ([("Conv", ["x", "w"], {"auto_pad": "SAME_UPPER", "strides": [2, 2]})], {"w": W["w"]}),
    "conv, same lower": ([("Conv", ["x", "w"], {"auto_pad": "SAME_LOWER"})], {"w": numbers(6, 3, 2, 2)}),
    "conv, valid": ([("Conv", ["x", "w"], {"auto_pad": "VALID"})], {"w": W["w"]}),
    "conv and Add": ([("Conv", ["x", "w"], {}), ("Add", ["v0", "c"], {})], {"w": W["w"], "c": numbers(1, 6, 1, 1)}),
    "conv 1d": ([("Conv", ["x", "w"], {"pads": [2, 1]})], {"w": numbers(4, 3, 4)}, ("n", 3, 9)),
    "transposed": (
        [("ConvTranspose", ["x", "w", "b"], {"strides": [2, 2], "pads": [1, 0, 1, 0], "output_padding": [1, 0]})],
        {"w": numbers(3, 6, 3, 3), "b": numbers(6)},
    ),
    "transposed, uneven": (
        [("ConvTranspose", ["x", "w"], {"strides": [2, 2], "pads": [1, 1, 0, 0]})],
        {"w": numbers(3, 2, 3, 3)},
    ),
    "gemm": ([("Gemm", ["x", "w", "b"], {"transB": 1})], {"w": numbers(5, 12), "b": numbers(5)}, FLAT),
    "gemm, factors": (
        [("Gemm", ["x", "w", "b"], {"alpha": 0.5, "beta": 2.0})],
        {"w": numbers(12, 5), "b": np.float32(3)},
        FLAT,
    ),
    "matmul and Add": (
        [("MatMul", ["x", "w"], {}), ("Add", ["b", "v0"], {})],
        {"w": numbers(12, 5), "b": numbers(5)},
        FLAT,
    ),
    "batch norm": ([("BatchNormalization", ["x", *NORM], {"epsilon": 0.01})], norm(3)),
    "batch norm, flat": ([("BatchNormalization", ["x", *NORM], {})], norm(12), FLAT),
    "relu6": ([("Clip", ["x", "low", "high"], {})], {"low": np.float32(0), "high": np.float32(6)}),
    "clip from below": ([("Clip", ["x", "low"], {})], {"low": np.float32(0)}),
    "clip by maximum": ([("Max", ["x", "low"], {})], {"low": np.float32(0)}),
    "relu6 by minimum": (
        [("Relu", ["x"], {}), ("Min", ["high", "v0"], {})],
        {"high": np.float32(1)},
    ),
    "leaky": ([("LeakyRelu", ["x"], {"alpha": 0.2})], {}),
    "prelu": ([("PRelu", ["x", "s"], {})], {"s": np.abs(numbers(3, 1, 1))}),
    "prelu, one slope": ([("PRelu", ["x", "s"], {})], {"s": np.array([0.25], np.float32)}),
    "max pool": ([("MaxPool", ["x"], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]})], {}),
    "max pool, ceil": ([("MaxPool", ["x"], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1})], {}),
    "max pool, same": (
        [("MaxPool", ["x"], {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"})],
        {},
    ),
    "average pool, borders left out": (
        [("AveragePool", ["x"], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]})],
        {},
    ),
    "average pool, borders counted": (
        [("AveragePool", ["x"], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1})],
        {},
    ),
    "average pool, uneven and counted": (
        [("AveragePool", ["x"], {"kernel_shape": [2, 2], "pads": [0, 1, 1, 0], "count_include_pad": 1})],
        {},
    ),
    "average pool, ceil": ([("AveragePool", ["x"], {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1})], {}),
    "global pools": ([("GlobalAveragePool", ["x"], {}), ("Flatten", ["v0"], {})], {}),
    "global max": ([("GlobalMaxPool", ["x"], {}), ("Flatten", ["v0"], {"axis": 1})], {}),
    "mean over pixels": ([("ReduceMean", ["x", "axes"], {"keepdims": 0})], {"axes": ints(-1, 2)}),
    "mean over rows": ([("ReduceMean", ["x", "axes"], {})], {"axes": ints(2)}),
    "sums and products": (
        [("Sub", ["x", "m"], {}), ("Div", ["v0", "s"], {}), ("Mul", ["x", "two"], {}), ("Add", ["v1", "v2"], {})],
        {"m": numbers(1, 3, 1, 1), "s": np.float32(0.3), "two": np.float32(2)},
    ),
    "a constant first": ([("Sub", ["m", "x"], {})], {"m": numbers(3, 1, 1)}),
    "sum of three": ([("Relu", ["x"], {}), ("Sum", ["x", "v0", "v0"], {})], {}),
    "concatenation": ([("Relu", ["x"], {}), ("Concat", ["x", "v0"], {"axis": -3})], {}),
    "flatten, reshape": ([("Reshape", ["x", "to"], {})], {"to": ints(0, -1)}),
    "reshape of all": ([("Reshape", ["x", "to"], {})], {"to": ints(-1, 192)}),
    "reshape to images": ([("Reshape", ["x", "to"], {})], {"to": ints(0, 3, 2, 2)}, FLAT),
    "reshape, computed": (
        [
            ("Shape", ["x"], {}),
            ("Gather", ["v0", "zero"], {"axis": 0}),
            ("Cast", ["v1"], {"to": onnx.TensorProto.INT64}),
            ("Unsqueeze", ["v2", "axis"], {}),
            ("Slice", ["v0", "one", "end"], {}),
            ("ReduceProd", ["v4"], {"keepdims": 1}),
            ("Concat", ["v3", "v5"], {"axis": 0}),
            ("Reshape", ["x", "v6"], {}),
        ],
        {"zero": np.int64(0), "axis": ints(0), "one": ints(1), "end": ints(4)},
    ),
    "squeeze": ([("GlobalAveragePool", ["x"], {}), ("Squeeze", ["v0", "axes"], {})], {"axes": ints(2, 3)}),
    "transposes that cancel": (
        [
            ("Transpose", ["x"], {"perm": [0, 2, 3, 1]}),
            ("Relu", ["v0"], {}),
            ("Add", ["v1", "c"], {}),
            ("Transpose", ["v2"], {"perm": [0, 3, 1, 2]}),
        ],
        {"c": numbers(3)},
    ),
    "flattening with channels last": (
        [
            ("Transpose", ["x"], {"perm": [0, 2, 3, 1]}),
            ("Reshape", ["v0", "to"], {}),
            ("Relu", ["v1"], {}),
            ("MatMul", ["v2", "w"], {}),
        ],
        {"to": ints(-1, 192), "w": numbers(192, 4)},
    ),
    "mean with channels last": (
        [("Transpose", ["x"], {"perm": [0, 2, 3, 1]}), ("ReduceMean", ["v0", "axes"], {"keepdims": 0})],
        {"axes": ints(1, 2)},
    ),
    "dropout and identity": ([("Identity", ["x"], {}), ("Dropout", ["v0"], {}), ("Relu", ["v1"], {})], {}),
    "softmax": ([("Softmax", ["x"], {})], {}, FLAT),
    "log softmax": ([("LogSoftmax", ["x"], {"axis": 1})], {}, FLAT),
    "upsampling": (
        [
            (
                "Resize",
                ["x", "", "s"],
                {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"},
            )
        ],
        {"s": np.array([1, 1, 2, 3], np.float32)},
    ),
    "upsampling to sizes": ([("Resize", ["x", "", "", "s"], {"mode": "nearest"})], {"s": ints(3, 3, 16, 24)}),
    "zeros around": ([("Pad", ["x", "p"], {})], {"p": ints(0, 0, 1, 0, 0, 0, 2, 1)}),
    "constants computed": (
        [
            ("Constant", [], {"value_floats": [4.0]}),
            ("Sqrt", ["v0"], {}),
            ("Transpose", ["w"], {"perm": [1, 0]}),
            ("Mul", ["v2", "v1"], {}),
            ("Gemm", ["x", "v3"], {}),
        ],
        {"w": numbers(5, 12)},
        FLAT,
    ),
    "an activation that conversion refuses": ([("Tanh", ["x"], {})], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    nodes, constants, *rest = CASES[case]
    shape: tuple[Any, ...] = rest[0] if rest else ("n", 3, 8, 8)
    model = graph(nodes, constants, shape)
    images = numbers(3, *shape[1:])
    imported = from_onnx(written(model, tmp_path))
    with torch.no_grad():
        result = imported(torch.from_numpy(images)).numpy()
        single = imported(torch.from_numpy(images[:1])).numpy()
    wanted = expected(model, images)
    assert result.shape == wanted.shape
    assert np.abs(result - wanted).max() <= 1e-5 * max(1.0, np.abs(wanted).max())
    assert np.allclose(single, result[:1], atol=1e-5)
    assert trace(imported, images).node(trace(imported, images).output).shape == result.shape[1:]


def test_constants_on_a_layer_are_its_bias(tmp_path: Path) -> None:
    imported = from_onnx(written(graph(*CASES["conv and Add"][:2]), tmp_path))
    layers = [module for module in imported.modules() if isinstance(module, nn.Conv2d)]
    assert len(layers) == 1 and layers[0].bias is not None
    assert [node.kind for node in trace(imported, IMAGES)] == ["input", "conv2d"]


def test_two_clips_are_one(tmp_path: Path) -> None:
    imported = from_onnx(written(graph(*CASES["relu6 by minimum"][:2]), tmp_path))
    assert [node.kind for node in trace(imported, IMAGES)] == ["input", "clamp"]


def test_a_layer_that_is_read_twice_keeps_its_bias(tmp_path: Path) -> None:
    nodes: list[Spec] = [("Conv", ["x", "w"], {}), ("Add", ["v0", "c"], {}), ("Add", ["v0", "v1"], {})]
    model = graph(nodes, {"w": W["w"], "c": numbers(6, 1, 1)})
    with torch.no_grad():
        result = from_onnx(written(model, tmp_path))(torch.from_numpy(IMAGES)).numpy()
    assert np.allclose(result, expected(model, IMAGES), atol=1e-4)


def test_images_with_channels_last_are_taken_with_channels_first(tmp_path: Path) -> None:
    nodes: list[Spec] = [
        ("Transpose", ["x"], {"perm": [0, 3, 1, 2]}),
        ("Conv", ["v0", "w", "b"], {}),
        ("Transpose", ["v1"], {"perm": [0, 2, 3, 1]}),
        ("Relu", ["v2"], {}),
        ("Reshape", ["v3", "to"], {}),
        ("MatMul", ["v4", "m"], {}),
    ]
    model = graph(nodes, {**W, "to": ints(-1, 216), "m": numbers(216, 4)}, ("n", 8, 8, 3))
    imported = from_onnx(written(model, tmp_path))
    with torch.no_grad():
        result = imported(torch.from_numpy(IMAGES)).numpy()
    assert np.allclose(result, expected(model, IMAGES.transpose(0, 2, 3, 1)), atol=1e-3)


def test_open_sizes_are_asked_for(tmp_path: Path) -> None:
    path = written(graph([("Relu", ["x"], {})], shape=("n", 3, "h", "w")), tmp_path)
    with pytest.raises(InvalidInput, match=r"input_shape=\(C, H, W\)"):
        from_onnx(path)
    assert from_onnx(path, (3, 5, 6))(torch.zeros(2, 3, 5, 6)).shape == (2, 3, 5, 6)
    with pytest.raises(InvalidInput, match="that fits"):
        from_onnx(path, (1, 5, 6))
