"""Shapes that a file computes from shapes keep the batch open."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from tests.compress.imports.onnx_graphs import Case, ints, same_as_onnx

CASES: dict[str, Case] = {
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
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)
