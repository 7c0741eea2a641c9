"""Pools of ONNX: the same numbers as onnx's own evaluator, with padding, ceil_mode and borders as the file means them."""

from pathlib import Path

import pytest

from tests.compress.imports.onnx_graphs import Case, same_as_onnx

VOLUME = ("n", 2, 6, 7, 8)
CASES: dict[str, Case] = {
    "a volume": (
        [
            ("MaxPool", ["x"], {"kernel_shape": [2, 2, 2], "strides": [2, 1, 2]}),
            ("GlobalAveragePool", ["v0"], {}),
        ],
        {},
        VOLUME,
    ),
    "the mean of a volume": ([("AveragePool", ["x"], {"kernel_shape": [2, 3, 2], "strides": [2, 1, 2]})], {}, VOLUME),
    "indices that nobody reads": (
        [("MaxPool", ["x"], {"kernel_shape": [2, 2]}), ("Relu", ["v0"], {})],
        {},
    ),
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
    "max pool of stride 1, same": (
        [("MaxPool", ["x"], {"kernel_shape": [2, 2], "strides": [1, 1], "auto_pad": "SAME_UPPER"})],
        {},
    ),
    "max pool, wide pads": ([("MaxPool", ["x"], {"kernel_shape": [3, 3], "pads": [2, 2, 2, 2]})], {}),
    "average pool, wide pads": (
        [("AveragePool", ["x"], {"kernel_shape": [3, 3], "pads": [2, 2, 2, 2], "count_include_pad": 1})],
        {},
    ),
    "average pool, same lower": (
        [("AveragePool", ["x"], {"kernel_shape": [2, 2], "strides": [1, 1], "auto_pad": "SAME_LOWER"})],
        {},
    ),
    "global pools": ([("GlobalAveragePool", ["x"], {}), ("Flatten", ["v0"], {})], {}),
    "global max": ([("GlobalMaxPool", ["x"], {}), ("Flatten", ["v0"], {"axis": 1})], {}),
    "norm pool": ([("LpPool", ["x"], {"kernel_shape": [2, 3], "pads": [1, 0, 0, 1], "p": 3})], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


@pytest.mark.parametrize("counted", [0, 1])
def test_average_pool_with_gaps(counted: int, tmp_path: Path) -> None:
    settings = {"kernel_shape": [2, 3], "dilations": [2, 2], "pads": [1, 0, 0, 1], "count_include_pad": counted}
    same_as_onnx(([("AveragePool", ["x"], settings)], {}), tmp_path, opset=19)
