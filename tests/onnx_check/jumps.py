"""Functions with jumps in drawn graphs: where rounding puts a number on either side, two right answers are far apart."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import onnx

from spikewright import SpikewrightError
from tests.onnx_check.drawing import DrawnModel

JUMPS = ("Floor", "Ceil", "Round", "Sign", "Greater", "ThresholdedRelu")
"""Operators of drawn graphs whose results jump."""
SHARE = 1e-4
Values = Callable[[DrawnModel, Sequence[str]], list[np.ndarray]]
"""The values of those names in a graph as they are imported."""


def by_rounding(
    made: DrawnModel, runtime: Callable[[onnx.ModelProto, np.ndarray], list[np.ndarray]], values: Values
) -> bool:
    """Whether the first jump with other results was given other numbers, by rounding alone, wherever its results differ.

    An operator that answers otherwise for the same number is wrong, and so is one whose argument differs by more than rounding.
    """
    jumps = [node for node in made.model.graph.node if node.op_type in JUMPS]
    names = [name for node in jumps for name in (node.input[0], node.output[0])]
    if not names:
        return False
    asked = onnx.ModelProto()
    asked.CopyFrom(made.model)
    del asked.graph.output[:]
    asked.graph.output.extend(onnx.ValueInfoProto(name=name) for name in dict.fromkeys(names))
    try:
        given = dict(zip(dict.fromkeys(names), runtime(asked, made.images), strict=True))
        found = dict(zip(names, values(made, names), strict=True))
    except SpikewrightError:
        return False
    for node in jumps:
        before, after = (((given[name], found[name])) for name in (node.input[0], node.output[0]))
        other = _far(*after)
        if other.any():
            rounded = (before[0] != before[1]) & ~_far(*before)
            return bool(rounded[other].all())
    return False


def _far(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Where two arrays differ by more than rounding does."""
    one, two = one.astype(np.float64), two.astype(np.float64)
    largest = np.abs(one[np.isfinite(one)]).max(initial=1.0)
    far: np.ndarray = ~np.isclose(one, two, rtol=0, atol=SHARE * largest, equal_nan=True)
    return far


def with_other_images(made: DrawnModel, again: int) -> DrawnModel:
    """The same graph with images of the draw `again`, each time half as large: what saturates rounds to the same number."""
    images = np.random.default_rng((8, again)).normal(size=made.images.shape) * 0.5**again
    return replace(made, images=images.astype(np.float32))
