"""Shapes and gains of maps, sequences and vectors."""

import numpy as np
import pytest

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.shapes import (
    NO_BORDER,
    bordered,
    grid,
    joined_axes,
    per_channel,
    per_element,
    pooled,
    spread,
    times,
    ungrid,
)


def test_every_shape_is_a_map() -> None:
    assert [grid(shape) for shape in ((5,), (5, 7), (5, 6, 7))] == [(5, 1, 1), (5, 1, 7), (5, 6, 7)]
    assert ungrid((5, 1, 7), (3, 9)) == (5, 7) and ungrid((5, 6, 7), (3, 9, 9)) == (5, 6, 7)


def test_windows_and_borders_change_shapes() -> None:
    assert pooled((2, 7, 9), (2, 3)) == (2, 3, 3) and pooled((4,), (1, 1)) == (4,)
    assert bordered((2, 3, 4), (1, 0, 2, 3)) == (2, 4, 9) and bordered((2, 4), (0, 0, 1, 1)) == (2, 6)
    assert bordered((2, 3, 4), NO_BORDER) == (2, 3, 4) and times((2, 3), (4, 5)) == (8, 15)


def test_gains_by_channel_and_by_element() -> None:
    gain = np.array([1.0, 2.0])
    assert spread(gain, (2, 3, 3)).shape == (2, 1, 1) and spread(np.ones(()), (2, 3)).shape == ()
    np.testing.assert_array_equal(per_element(gain, (2, 2, 1)), [1, 1, 2, 2])
    np.testing.assert_array_equal(per_channel(per_element(gain, (2, 2, 2)), 2), gain)
    with pytest.raises(Refusal, match="from pixel to pixel"):
        per_channel(np.arange(4.0), 2)


def test_an_axis_of_a_view_runs_over_whole_axes_or_none() -> None:
    assert joined_axes((2, 3, 4), (2, 12), 1) == (1, 2)
    assert joined_axes((2, 3, 4), (6, 4), 0) == (0, 1)
    assert joined_axes((2, 3, 4), (2, 3, 4), 2) == (2,)
    assert joined_axes((2, 1, 4), (2, 4), 1) == (2,)
    assert joined_axes((2, 3, 4), (4, 6), 0) is None
