"""Numbers at constant places: the same numbers as onnx's own evaluator, for files of one image, of three, of any number."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, Spec, expected, graph, ints, numbers, same_as_onnx, written

RNG = np.random.default_rng(0)
EXPANDED: list[Spec] = [
    ("Shape", ["x"], {"end": 1}),
    ("Concat", ["v0", "sizes"], {"axis": 0}),
    ("Expand", ["at", "v1"], {}),
]
"""The constant "at" for each image of an open batch."""
ROWS = RNG.integers(-8, 8, (1, 3, 5, 8))
ONCE = np.argsort(RNG.random((1, 3, 8, 8)), axis=2)[:, :, :4]
CASES: dict[str, Case] = {
    "elements of any number of images": (
        [*EXPANDED, ("GatherElements", ["x", "v2"], {"axis": -2})],
        {"at": ROWS, "sizes": ints(3, 5, 8)},
    ),
    "elements of three images": (
        [("GatherElements", ["x", "at"], {"axis": 2})],
        {"at": ROWS.repeat(3, 0)},
        (3, 3, 8, 8),
    ),
    "whole channels": (
        [*EXPANDED, ("GatherND", ["x", "v2"], {"batch_dims": 1})],
        {"at": np.array([[[2], [0], [-3]]]), "sizes": ints(3, 1)},
    ),
    "single numbers": (
        [("GatherND", ["x", "at"], {"batch_dims": 1})],
        {"at": RNG.integers(0, 3, (1, 2, 4, 3)).repeat(3, 0)},
        (3, 3, 8, 8),
    ),
    "a part written to": (
        [
            *EXPANDED,
            ("Slice", ["x", "from", "to", "axes"], {}),
            ("Neg", ["v3"], {}),
            ("ScatterElements", ["x", "v2", "v4"], {"axis": 2}),
        ],
        {"at": ONCE, "sizes": ints(3, 4, 8), "from": ints(0), "to": ints(4), "axes": ints(2)},
    ),
    "channels of three images": (
        [("ScatterND", ["x", "at", "new"], {})],
        {"at": np.array([[0, 1], [2, 1], [1, 1]]), "new": numbers(1, 8, 8).repeat(3, 0)},
        (3, 3, 8, 8),
    ),
    "the first ones backwards": (
        [("ReverseSequence", ["x", "n"], {"batch_axis": 0, "time_axis": 1})],
        {"n": ints(2, 2, 2)},
        (3, 3, 8, 8),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


@pytest.mark.parametrize("reduction", ["add", "mul", "max", "min"])
def test_updates_of_one_place(reduction: str, tmp_path: Path) -> None:
    at, new = RNG.integers(0, 3, (1, 7, 8, 8)), numbers(1, 7, 8, 8)
    nodes: list[Spec] = [("ScatterElements", ["x", "at", "new"], {"axis": 1, "reduction": reduction})]
    one_image(nodes, {"at": at, "new": new}, tmp_path)
    channels = np.array([[0, 0], [0, 2], [0, 0], [0, -1]])
    nodes = [("ScatterND", ["x", "at", "new"], {"reduction": reduction})]
    one_image(nodes, {"at": channels, "new": numbers(4, 8, 8)}, tmp_path)


def one_image(nodes: list[Spec], constants: dict[str, Any], folder: Path) -> None:
    """A file of one image, and what is imported of it, for others too."""
    model, images = graph(nodes, constants, (1, 3, 8, 8)), numbers(3, 3, 8, 8)
    found = from_onnx(written(model, folder))(torch.from_numpy(images)).numpy()
    wanted = np.concatenate([expected(model, image[None]) for image in images])
    assert np.allclose(found, wanted, atol=1e-5)


SAME_FOR_ONE = {"at": ROWS}
REFUSED: dict[str, Case] = {
    "a selection of images": ([("GatherElements", ["x", "at"], {"axis": 2})], SAME_FOR_ONE),
    "places that depend on the image": ([("Relu", ["x"], {}), ("GatherElements", ["x", "v0"], {"axis": 2})], {}),
    "updates that differ between images": (
        [("ScatterND", ["x", "at", "new"], {})],
        {"at": np.array([[0, 1], [1, 1], [2, 1]]), "new": numbers(3, 8, 8)},
        (3, 3, 8, 8),
    ),
    "two updates of one place": (
        [("ScatterND", ["x", "at", "new"], {})],
        {"at": np.array([[0, 1], [0, 1]]), "new": numbers(2, 8, 8)},
        (1, 3, 8, 8),
    ),
    "65 updates of one place": (
        [("ScatterND", ["x", "at", "new"], {"reduction": "add"})],
        {"at": np.array([[0, 1]] * 65), "new": numbers(65, 8, 8)},
        (1, 3, 8, 8),
    ),
    "sequences of other lengths": (
        [("ReverseSequence", ["x", "n"], {"batch_axis": 0, "time_axis": 1})],
        {"n": ints(1, 2, 3)},
        (3, 3, 8, 8),
    ),
    "a reversal of the order of images": ([("ReverseSequence", ["x", "n"], {})], {"n": ints(*[1] * 3)}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str, tmp_path: Path) -> None:
    nodes, constants, *shape = REFUSED[what]
    with pytest.raises(InvalidInput, match=what):
        from_onnx(written(graph(nodes, constants, *shape), tmp_path))


DAMAGED: dict[str, tuple[Spec, Any]] = {
    "places beyond the end": (("GatherElements", ["x", "at"], {"axis": 1}), np.full((1, 3, 8, 8), 3)),
    "an axis that is not there": (("GatherElements", ["x", "at"], {"axis": 4}), np.zeros((1, 3, 8, 8), np.int64)),
    "more axes than the value": (("GatherND", ["x", "at"], {}), np.zeros((1, 5), np.int64)),
    "batch_dims beyond the places": (("GatherND", ["x", "at"], {"batch_dims": 3}), np.zeros((1, 2, 1), np.int64)),
    "updates of another shape": (("ScatterND", ["x", "at", "at"], {}), np.zeros((1, 2), np.int64)),
    "an unknown reduction": (
        ("ScatterElements", ["x", "at", "at"], {"reduction": "mean"}),
        np.zeros((1, 1, 1, 1), np.int64),
    ),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_what_contradicts_itself(what: str, tmp_path: Path) -> None:
    node, at = DAMAGED[what]
    with pytest.raises(InvalidFile, match="sound graph"):
        from_onnx(written(graph([node], {"at": at}, (1, 3, 8, 8)), tmp_path))
