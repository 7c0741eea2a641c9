"""Parts of a value, and values that are the same number everywhere: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import helper

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, graph, ints, numbers, same_as_onnx, written

SIZES = {"from": ints(1), "to": ints(7), "axis": ints(2), "step": ints(2)}
CASES: dict[str, Case] = {
    "one channel": ([("Gather", ["x", "at"], {"axis": 1})], {"at": np.int64(2)}),
    "one row, kept as an axis": ([("Gather", ["x", "at"], {"axis": -2})], {"at": ints(-1)}),
    "every second row": ([("Slice", ["x", "from", "to", "axis", "step"], {})], SIZES),
    "all images, some columns": (
        [("Slice", ["x", "from", "to", "axis"], {})],
        {"from": ints(0, 2), "to": ints(1 << 31, 5), "axis": ints(0, 3)},
    ),
    "channels in another order": ([("Gather", ["x", "at"], {"axis": 1})], {"at": ints(2, 0, 1, 1)}),
    "a table of places": ([("Gather", ["x", "at"], {"axis": 2})], {"at": np.array([[3, 1], [0, -1]])}),
    "backwards": ([("Slice", ["x", "to", "from", "axis", "back"], {})], {**SIZES, "back": ints(-2)}),
    "pixels to channels": ([("SpaceToDepth", ["x"], {"blocksize": 2})], {}),
    "channels to pixels": ([("SpaceToDepth", ["x"], {"blocksize": 4}), ("DepthToSpace", ["v0"], {"blocksize": 2})], {}),
    "a shuffle": (
        [
            ("SpaceToDepth", ["x"], {"blocksize": 2}),
            ("Reshape", ["v0", "apart"], {}),
            ("Transpose", ["v1"], {"perm": [0, 2, 1, 3, 4]}),
            ("Reshape", ["v2", "together"], {}),
        ],
        {"apart": ints(0, 3, 4, 4, 4), "together": ints(0, 12, 4, 4)},
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
    "places by a mask": ([("Compress", ["x", "c"], {"axis": 1})], {"c": np.array([True, False, True])}),
    "a triangle": ([("Trilu", ["x", "k"], {"upper": 0})], {"k": np.int64(1)}),
    "the middle": ([("CenterCropPad", ["x", "to"], {"axes": [2, 3]})], {"to": ints(5, 11)}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


REFUSED: dict[str, Case] = {
    "a selection of images": ([("Slice", ["x", "from", "to"], {})], {"from": ints(1), "to": ints(2)}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=what):
        from_onnx(written(graph(*REFUSED[what][:2]), tmp_path))


def test_a_split_is_its_parts(tmp_path: Path) -> None:
    model = graph([("Split", ["x", "sizes"], {"axis": 1})], {"sizes": ints(2, 1)})
    del model.graph.node[0].output[:]
    model.graph.node[0].output.extend(["one", "two"])
    model.graph.node.add().CopyFrom(helper.make_node("Concat", ["two", "one"], ["turned"], axis=1))
    model.graph.output[0].name = "turned"
    images = torch.from_numpy(numbers(2, 3, 8, 8))
    assert torch.equal(from_onnx(written(model, tmp_path))(images), images[:, [2, 0, 1]])
