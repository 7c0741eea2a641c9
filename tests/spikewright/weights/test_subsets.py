"""N of M: each group is the number of its subset."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.weights.subsets import SubsetLayout, _numbers, _subsets, subsets_of


@pytest.mark.parametrize(("n", "m"), [(0, 4), (1, 4), (2, 5), (3, 3)])
def test_subsets_are_numbered_without_gaps(n: int, m: int) -> None:
    chosen = list(combinations(range(m), n))
    flags = np.array([[place in one for place in range(m)] for one in chosen]).reshape(len(chosen), m)
    numbers = _numbers(flags, n)
    assert sorted(numbers.tolist()) == list(range(len(chosen)))
    assert _subsets(numbers, m, n).tolist() == [list(one) for one in chosen]


def test_a_number_that_no_subset_has_is_refused() -> None:
    with pytest.raises(ValueError, match="group numbered 6 of 6"):
        _subsets(np.array([6]), 4, 2)


@given(st.integers(1, 30), st.sampled_from([(1, 4), (2, 4), (3, 8), (1, 16)]), st.integers(0, 1))
def test_shorter_last_groups_have_their_share(channels: int, ratio: tuple[int, int], axis: int) -> None:
    n, m = ratio
    shape = (channels, 3) if axis == 0 else (3, channels)
    layout = SubsetLayout(n, m, axis)
    full, rest = divmod(channels, m)
    assert layout.stored(shape) == 3 * (full * n + -(-n * rest // m))
    places = layout.places(np.ones(shape, bool))
    assert len(places) == layout.stored(shape) and layout.tells(np.sort(places), shape)


def test_names_go_both_ways() -> None:
    assert subsets_of("2:4 input") == SubsetLayout(2, 4, 1) and SubsetLayout(2, 4, 1).name == "2:4 input"
