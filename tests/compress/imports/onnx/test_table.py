"""Operators without a rule of their own file: what does nothing, and what conversion refuses later."""

from pathlib import Path

import pytest

from tests.compress.imports.onnx_graphs import Case, same_as_onnx

CASES: dict[str, Case] = {
    "dropout and identity": ([("Identity", ["x"], {}), ("Dropout", ["v0"], {}), ("Relu", ["v1"], {})], {}),
    "an activation that conversion refuses": ([("Tanh", ["x"], {})], {}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)
