"""Values and constants put together: the same numbers as onnx's own evaluator, in any layout."""

from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, Spec, graph, ints, numbers, same_as_onnx, written

TURN: list[tuple[str, list[str], dict[str, list[int]]]] = [("Transpose", ["x"], {"perm": [0, 2, 3, 1]})]
CASES: dict[str, Case] = {
    "sum with a constant": ([("Sum", ["x", "c"], {})], {"c": numbers(3, 1, 1)}),
    "mean of two": ([("Relu", ["x"], {}), ("Mean", ["x", "v0"], {})], {}),
    "the largest of three": ([("Neg", ["x"], {}), ("Max", ["x", "v0", "c"], {})], {"c": numbers(8)}),
    "a power": ([("Abs", ["x"], {}), ("Pow", ["v0", "c"], {})], {"c": np.float32(1.5)}),
    "a constant cast to the type of a value": (
        [("CastLike", ["c", "x"], {}), ("Mul", ["x", "v0"], {})],
        {"c": np.array(2, np.int64)},
    ),
    "channels last, one channel's constant": ([*TURN, ("Sub", ["v0", "c"], {})], {"c": numbers(3)}),
    "two orders of axes": (
        [*TURN, ("Reshape", ["x", "to"], {}), ("Add", ["v0", "v1"], {})],
        {"to": ints(0, 8, 8, 3)},
    ),
    "flattened with channels last": (
        [*TURN, ("Flatten", ["v0"], {}), ("Mul", ["v1", "c"], {})],
        {"c": numbers(192)},
    ),
    "no number": ([("Sqrt", ["x"], {}), ("IsNaN", ["v0"], {}), ("Cast", ["v1"], {"to": 1})], {}),
    "the rest of a division": ([("Mod", ["x", "c"], {"fmod": 1})], {"c": np.abs(numbers(8)) + 0.1}),
    "one of two": (
        [("Greater", ["x", "c"], {}), ("Exp", ["x"], {}), ("Where", ["v0", "x", "v1"], {})],
        {"c": np.float32(0.1)},
    ),
    "a choice by a constant": ([("Where", ["c", "x", "z"], {})], {"c": numbers(8) > 0, "z": np.float32(-1)}),
    "truth values": (
        [
            ("LessOrEqual", ["c", "x"], {}),
            ("Less", ["x", "d"], {}),
            ("And", ["v0", "v1"], {}),
            ("Not", ["v2"], {}),
            ("Cast", ["v3"], {"to": 1}),
        ],
        {"c": np.float32(-0.5), "d": numbers(3, 1, 1)},
    ),
    "channels last, one of two": (
        [*TURN, ("GreaterOrEqual", ["v0", "c"], {}), ("Where", ["v1", "v0", "c"], {})],
        {"c": numbers(3)},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


@pytest.mark.parametrize("below", [0, 1])
@pytest.mark.parametrize("above", [0, 1])
def test_infinity_of_one_sign(below: int, above: int, tmp_path: Path) -> None:
    nodes: list[Spec] = [
        ("Reciprocal", ["x"], {}),
        ("IsInf", ["v0"], {"detect_negative": below, "detect_positive": above}),
        ("Cast", ["v1"], {"to": 1}),
    ]
    network = from_onnx(written(graph(nodes, shape=("n", 3)), tmp_path))
    assert network(torch.tensor([[0.0, -0.0, 2.0]])).tolist() == [[above, below, 0]]


def test_the_advice_for_infinity_holds(tmp_path: Path) -> None:
    mask = np.where(numbers(3, 8, 8) > 1, -np.inf, 0.1).astype(np.float32)
    nodes: list[Spec] = [("Max", ["x", "c"], {}), ("MaxPool", ["v0"], {"kernel_shape": [4, 4]})]
    with pytest.raises(InvalidInput, match=r"infinity in input 1 .*; try a large number in its place, such as -1e9"):
        from_onnx(written(graph(nodes, {"c": mask}), tmp_path))
    same_as_onnx((nodes, {"c": np.maximum(mask, np.float32(-1e9))}), tmp_path)
