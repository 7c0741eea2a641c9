"""Nearest upsampling by sizes and by scales: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest

from tests.compress.imports.onnx_graphs import Case, ints, same_as_onnx

CASES: dict[str, Case] = {
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
    "a scale that is not whole": (
        [
            (
                "Resize",
                ["x", "", "s"],
                {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"},
            )
        ],
        {"s": np.array([1, 1, 1, 2.4], np.float32)},
    ),
    "down": ([("Resize", ["x", "", "s"], {"mode": "nearest"})], {"s": np.array([1, 1, 0.5, 0.6], np.float32)}),
    "some axes": (
        [("Resize", ["x", "", "s"], {"mode": "nearest", "axes": [2, 3]})],
        {"s": np.array([2, 3], np.float32)},
    ),
    "upsampling to sizes": ([("Resize", ["x", "", "", "s"], {"mode": "nearest"})], {"s": ints(3, 3, 16, 24)}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)
