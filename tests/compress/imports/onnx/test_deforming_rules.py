"""Deformable convolutions: the same numbers as onnx's own evaluator, offsets constant or computed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikewright import InvalidFile
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Spec, graph, numbers, same_as_onnx, written

SHAPE = (3, 2, 5, 6)
WEIGHT, BIAS = numbers(4, 2, 3, 3), numbers(4)
COMPUTED: list[Spec] = [("Conv", ["x", "o"], {"pads": [1] * 4}), ("Sigmoid", ["v0"], {})]


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("constant", [True, False])
def test_same_numbers_as_onnx(constant: bool, masked: bool, groups: int, tmp_path: Path) -> None:
    kept: dict[str, Any] = {"w": WEIGHT, "b": BIAS}
    if constant:
        kept |= {
            "at": numbers(1, 18 * groups, 5, 6).repeat(3, 0),
            "mask": np.abs(numbers(1, 9 * groups, 5, 6)).repeat(3, 0),
        }
        given = ["x", "w", "at", "b", "mask"]
        nodes: list[Spec] = []
    else:
        kept |= {"o": numbers(18 * groups, 2, 3, 3) * 0.3, "m": numbers(9 * groups, 2, 3, 3)}
        nodes = [*COMPUTED, ("Conv", ["x", "m"], {"pads": [1] * 4})]
        given = ["x", "w", "v1", "b", "v2"]
    nodes.append(("DeformConv", given[: 5 if masked else 4], {"pads": [1] * 4, "offset_group": groups}))
    same_as_onnx((nodes, kept, SHAPE), tmp_path, opset=19)


def test_steps_gaps_and_groups(tmp_path: Path) -> None:
    settings = {"strides": [2, 1], "dilations": [1, 2], "pads": [1, 2, 0, 1], "group": 2}
    kept = {"w": numbers(4, 1, 2, 2), "at": numbers(1, 8, 3, 7).repeat(3, 0)}
    same_as_onnx(([("DeformConv", ["x", "w", "at"], settings)], kept, SHAPE), tmp_path, opset=19)


@pytest.mark.parametrize("shape", [(1, 17, 5, 6), (1, 18, 5, 5)])
def test_offsets_that_do_not_fit(shape: tuple[int, ...], tmp_path: Path) -> None:
    nodes: list[Spec] = [("DeformConv", ["x", "w", "at"], {"pads": [1] * 4})]
    model = graph(nodes, {"w": WEIGHT, "at": numbers(*shape)}, (1, *SHAPE[1:]), opset=19)
    with pytest.raises(InvalidFile, match="sound graph"):
        from_onnx(written(model, tmp_path))
