"""Repetitions and constants for each image: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, graph, ints, numbers, same_as_onnx, written

CASES: dict[str, Case] = {
    "tile": ([("Tile", ["x", "r"], {})], {"r": ints(1, 2, 3, 1)}),
    "expand": (
        [("ReduceMean", ["x", "a"], {}), ("Expand", ["v0", "s"], {}), ("Sub", ["x", "v1"], {})],
        {"a": ints(3), "s": ints(1, 3, 8, 8)},
    ),
    "a token for each image": (
        [
            ("Shape", ["x"], {"start": 0, "end": 1}),
            ("Concat", ["v0", "s"], {"axis": 0}),
            ("Expand", ["t", "v1"], {}),
            ("Concat", ["v2", "x"], {"axis": 1}),
        ],
        {"s": ints(2, 8, 8), "t": numbers(1, 2, 8, 1)},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


def test_a_constant_beside_one_image(tmp_path: Path) -> None:
    """Files for a batch of one have their constants as such."""
    token = numbers(1, 2, 8, 8)
    path = written(graph([("Concat", ["x", "t"], {"axis": 1})], {"t": token}, (1, 3, 8, 8)), tmp_path)
    images = numbers(3, 3, 8, 8)
    found = from_onnx(path)(torch.from_numpy(images)).numpy()
    assert np.array_equal(found, np.concatenate([images, np.repeat(token, 3, 0)], 1))
