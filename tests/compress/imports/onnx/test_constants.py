"""Constants that a file computes from constants are computed when it is read."""

from pathlib import Path

import pytest

from tests.compress.imports.onnx_graphs import Case, numbers, same_as_onnx

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
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)
