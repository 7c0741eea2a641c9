"""Intervals for an accuracy, and paired tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.robustness import (
    mcnemar,
    over_images_and_chips,
    wilson,
)


def test_mcnemar_by_hand() -> None:
    """Six disagreements, all one way: p = 2 / 2**6."""
    first, second = np.ones(10, dtype=bool), np.array([False] * 6 + [True] * 4)
    result = mcnemar(first, second)
    assert (result.only_first, result.only_second) == (6, 0)
    assert result.p_value == pytest.approx(2 / 2**6)
    assert mcnemar(first, first).p_value == 1.0


def test_rightness_is_true_or_false() -> None:
    with pytest.raises(InvalidInput, match="boolean"):
        mcnemar([1, 0], [True, False])


@given(st.integers(1, 12), st.integers(1, 60), st.integers(0, 2**32))
def test_intervals_contain_the_share_and_widen_with_chips(chips: int, images: int, seed: int) -> None:
    right = np.random.default_rng(seed).random((chips, images)) < 0.7
    low, high = over_images_and_chips(right)
    inner = wilson(int(right[0].sum()), images)
    assert 0 <= low <= right.mean() <= high <= 1
    if chips == 1:
        assert (low, high) == inner
    if (right == right[0]).all():
        assert (low, high) == pytest.approx(inner)


def test_intervals_by_hand() -> None:
    """Two chips, 0 and 1 right of one image each: p = 1/2, s = 0.7071, t(1) = 12.706: all of 0 to 1."""
    assert over_images_and_chips(np.array([[True], [False]])) == (0.0, 1.0)
    for wrong in (np.full((2, 2), 1.5), np.zeros((2, 2), int), np.zeros(3, bool), np.zeros((0, 3), bool)):
        with pytest.raises(InvalidInput, match="bool"):
            over_images_and_chips(wrong)
