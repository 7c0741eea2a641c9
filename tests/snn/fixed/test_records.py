"""Grids and integers on them."""

import numpy as np

from spikewright.snn import AvgPool2d, Linear, Projection
from spikewright.snn.fixed.records import Grid, Incoming, gain_size, integers


def test_halves_are_rounded_up() -> None:
    assert integers([-1.5, -0.5, 0.5, 1.25], np.full(4, 1.0)).tolist() == [-1, 0, 1, 1]


def test_a_unit_divides_what_belongs_to_its_channel() -> None:
    grid = Grid(np.array([0.5, 0.25]), 0, 8)
    assert grid.like(np.ones((2, 3, 3)), (2, 3, 3)).shape == (2, 1, 1) and grid.like(np.ones(2), (2, 3, 3)).shape == (
        2,
    )


def test_the_size_of_a_gain() -> None:
    pooled = Projection("a", "b", AvgPool2d((2, 2), (2, 2), np.array([-0.25, 0.5])))
    assert gain_size(Incoming(pooled, None, None, 1.0)).tolist() == [0.25, 0.5]
    assert gain_size(Incoming(Projection("a", "b", Linear(np.ones((1, 2)))), None, None, 1.0)).tolist() == 1.0
