"""Constants that a file computes from constants are computed when it is read."""

from pathlib import Path

import pytest

from tests.compress.imports.onnx_graphs import Case, ints, numbers, same_as_onnx

FLAT = ("n", 12)
CASES: dict[str, Case] = {
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
    "weight norm": (
        [
            ("ReduceL2", ["v", "axes"], {"keepdims": 1}),
            ("Div", ["v", "v0"], {}),
            ("Mul", ["v1", "g"], {}),
            ("Conv", ["x", "v2"], {}),
        ],
        {"v": numbers(4, 3, 3, 3), "g": numbers(4, 1, 1, 1), "axes": ints(1, 2, 3)},
    ),
    "the largest of three": (
        [("Max", ["a", "b", "c"], {}), ("Add", ["x", "v0"], {})],
        dict(zip("abc", numbers(3, 8), strict=True)),
    ),
    "the largest of one": ([("Max", ["a"], {}), ("Add", ["x", "v0"], {})], {"a": numbers(8)}),
    "whole numbers divide as in C": (
        [("Div", ["a", "b"], {}), ("Reshape", ["x", "v0"], {})],
        {"a": ints(-1, 192 * 2 + 1), "b": ints(2, 2)},
        ("n", 3, 8, 8),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)
