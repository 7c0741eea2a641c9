"""Shapes that a file computes from shapes keep the batch open."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, graph, ints, same_as_onnx, written

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


TWICE: Case = (
    [("Shape", ["x"], {}), ("Mul", ["v0", "twice"], {}), ("Resize", ["x", "", "", "v1"], {"mode": "nearest"})],
    {"twice": ints(1, 1, 2, 2)},
    (3, 3, 8, 8),
)


def test_arithmetic_with_the_size_that_the_file_declares(tmp_path: Path) -> None:
    same_as_onnx(TWICE, tmp_path)


def test_arithmetic_with_an_open_size_is_refused_and_its_advice_holds(tmp_path: Path) -> None:
    nodes, constants = TWICE[:2]
    with pytest.raises(InvalidInput, match=r"size of the batch .*; try an export for a batch of one"):
        from_onnx(written(graph(nodes, constants), tmp_path))
    assert from_onnx(written(graph(nodes, constants, (1, 3, 8, 8)), tmp_path)) is not None
