"""Parts of a value, and values that are the same number everywhere: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, graph, ints, same_as_onnx, written

SIZES = {"from": ints(1), "to": ints(7), "axis": ints(2), "step": ints(2)}
CASES: dict[str, Case] = {
    "one channel": ([("Gather", ["x", "at"], {"axis": 1})], {"at": np.int64(2)}),
    "one row, kept as an axis": ([("Gather", ["x", "at"], {"axis": -2})], {"at": ints(-1)}),
    "every second row": ([("Slice", ["x", "from", "to", "axis", "step"], {})], SIZES),
    "all images, some columns": (
        [("Slice", ["x", "from", "to", "axis"], {})],
        {"from": ints(0, 2), "to": ints(1 << 31, 5), "axis": ints(0, 3)},
    ),
    "zeros for each image": (
        [
            ("Shape", ["x"], {"end": 1}),
            ("Concat", ["v0", "rest"], {"axis": 0}),
            ("ConstantOfShape", ["v1"], {}),
            ("Add", ["x", "v2"], {}),
        ],
        {"rest": ints(3, 8, 8)},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


REFUSED: dict[str, Case] = {
    "a selection of images, or of several": ([("Gather", ["x", "at"], {"axis": 1})], {"at": ints(0, 1)}),
    "a selection of images": ([("Slice", ["x", "from", "to"], {})], {"from": ints(1), "to": ints(2)}),
    "runs backwards": ([("Slice", ["x", "from", "to", "axis", "back"], {})], {**SIZES, "back": ints(-1)}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=what):
        from_onnx(written(graph(*REFUSED[what][:2]), tmp_path))
