"""Convolutions and products: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest

from tests.compress.imports.onnx_graphs import Case, ints, numbers, same_as_onnx

W = {"w": numbers(6, 3, 3, 3), "b": numbers(6)}
FLAT = ("n", 12)
WINDOWS = {"size": ints(5, 5), "kernel": ints(2, 2)}
CASES: dict[str, Case] = {
    "windows laid down": ([("Col2Im", ["x", "size", "kernel"], {})], WINDOWS, ("n", 8, 16)),
    "windows laid down, padded, with steps": (
        [("Col2Im", ["x", "size", "kernel"], {"pads": [1, 0, 0, 2], "strides": [2, 2]})],
        WINDOWS,
        ("n", 8, 9),
    ),
    "windows of three axes": (
        [("Col2Im", ["x", "size", "kernel"], {"pads": [0, 1, 0, 1, 0, 0], "dilations": [1, 2, 1]})],
        {"size": ints(3, 4, 5), "kernel": ints(1, 2, 5)},
        ("n", 20, 12),
    ),
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
    "a matrix from the left": ([("MatMul", ["m", "x"], {})], {"m": numbers(5, 8)}),
    "a matrix for each channel": ([("MatMul", ["x", "m"], {})], {"m": numbers(3, 8, 4)}),
    "a vector": ([("MatMul", ["x", "m"], {})], {"m": numbers(8)}),
    "attention": ([("Softmax", ["x"], {}), ("MatMul", ["v0", "x"], {})], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)
