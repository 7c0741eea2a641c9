"""Operators that become layers: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest

from tests.compress.imports.onnx_graphs import Case, numbers, same_as_onnx

W = {"w": numbers(6, 3, 3, 3), "b": numbers(6)}
FLAT = ("n", 12)
NORM = ["gamma", "beta", "mean", "var"]


def norm(channels: int) -> dict[str, np.ndarray]:
    named = {name: numbers(channels, seed=place) for place, name in enumerate(NORM[:3])}
    return {**named, "var": np.abs(numbers(channels)) + 0.1}


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
    "transposed, more cut off at the beginning than a stride": (
        [("ConvTranspose", ["x", "w", "b"], {"strides": [2, 2], "pads": [1, 1, 0, 0], "output_padding": [1, 1]})],
        {"w": numbers(3, 6, 3, 3), "b": numbers(6)},
    ),
    "gemm, one number as bias": ([("Gemm", ["x", "w", "b"], {})], {"w": numbers(12, 4), "b": numbers(1, 1)}, FLAT),
    "hard sigmoid of any slope": ([("HardSigmoid", ["x"], {"alpha": 0.3, "beta": 0.4})], {}),
    "local response": ([("LRN", ["x"], {"size": 3, "alpha": 0.5})], {}),
    "layer norm over pixels": ([("LayerNormalization", ["x", "w"], {"axis": 2})], {"w": numbers(8, 8)}),
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
    "softmax": ([("Softmax", ["x"], {})], {}, FLAT),
    "log softmax": ([("LogSoftmax", ["x"], {"axis": 1})], {}, FLAT),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)
