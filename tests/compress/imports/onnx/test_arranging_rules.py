"""Sums, concatenations, reshapes, transposes and means: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, graph, ints, numbers, same_as_onnx, written

FLAT = ("n", 12)
CASES: dict[str, Case] = {
    "mean over pixels": ([("ReduceMean", ["x", "axes"], {"keepdims": 0})], {"axes": ints(-1, 2)}),
    "mean over rows": ([("ReduceMean", ["x", "axes"], {})], {"axes": ints(2)}),
    "sums and products": (
        [("Sub", ["x", "m"], {}), ("Div", ["v0", "s"], {}), ("Mul", ["x", "two"], {}), ("Add", ["v1", "v2"], {})],
        {"m": numbers(1, 3, 1, 1), "s": np.float32(0.3), "two": np.float32(2)},
    ),
    "a constant first": ([("Sub", ["m", "x"], {})], {"m": numbers(3, 1, 1)}),
    "sum of three": ([("Relu", ["x"], {}), ("Sum", ["x", "v0", "v0"], {})], {}),
    "concatenation": ([("Relu", ["x"], {}), ("Concat", ["x", "v0"], {"axis": -3})], {}),
    "flatten, reshape": ([("Reshape", ["x", "to"], {})], {"to": ints(0, -1)}),
    "reshape of all": ([("Reshape", ["x", "to"], {})], {"to": ints(-1, 192)}),
    "reshape to images": ([("Reshape", ["x", "to"], {})], {"to": ints(0, 3, 2, 2)}, FLAT),
    "squeeze": ([("GlobalAveragePool", ["x"], {}), ("Squeeze", ["v0", "axes"], {})], {"axes": ints(2, 3)}),
    "transposes that cancel": (
        [
            ("Transpose", ["x"], {"perm": [0, 2, 3, 1]}),
            ("Relu", ["v0"], {}),
            ("Add", ["v1", "c"], {}),
            ("Transpose", ["v2"], {"perm": [0, 3, 1, 2]}),
        ],
        {"c": numbers(3)},
    ),
    "flattening with channels last": (
        [
            ("Transpose", ["x"], {"perm": [0, 2, 3, 1]}),
            ("Reshape", ["v0", "to"], {}),
            ("Relu", ["v1"], {}),
            ("MatMul", ["v2", "w"], {}),
        ],
        {"to": ints(-1, 192), "w": numbers(192, 4)},
    ),
    "mean with channels last": (
        [("Transpose", ["x"], {"perm": [0, 2, 3, 1]}), ("ReduceMean", ["v0", "axes"], {"keepdims": 0})],
        {"axes": ints(1, 2)},
    ),
    "zeros around": ([("Pad", ["x", "p"], {})], {"p": ints(0, 0, 1, 0, 0, 0, 2, 1)}),
    "mirrored around": ([("Pad", ["x", "p"], {"mode": "reflect"})], {"p": ints(0, 1, 2, 0, 0, 0, 7, 1)}),
    "borders repeated": ([("Pad", ["x", "p"], {"mode": "edge"})], {"p": ints(0, 0, 2, 0, 0, 1, 9, 3)}),
    "round the corner": ([("Pad", ["x", "p"], {"mode": "wrap"})], {"p": ints(0, 0, 2, 0, 0, 0, 1, 5)}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


def test_padding_below_zero_cuts_off(tmp_path: Path) -> None:
    """The evaluator has no such padding."""
    model = graph([("Pad", ["x", "p"], {})], {"p": ints(0, -1, 1, -2, 0, 0, -3, 0)})
    images = torch.from_numpy(numbers(2, 3, 8, 8))
    found = from_onnx(written(model, tmp_path))(images)
    assert torch.equal(found[:, :, 1:], images[:, 1:, :-3, 2:]) and not found[:, :, 0].any()
