"""Layouts tell the places that they store, and refuse words that tell none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.weights.choosing import _counted, named_layout
from spikewright.weights.layouts import BlockLayout, DenseLayout, GapLayout, unfolded


@given(st.integers(1, 40), st.integers(1, 6), st.sampled_from([(), (3,)]), st.floats(0, 1), st.integers(0, 99))
def test_every_way_tells_the_places_that_it_stores(
    out: int, channels: int, kernel: tuple[int, ...], density: float, seed: int
) -> None:
    shape = (out, channels, *kernel)
    nonzero = np.random.default_rng(seed).random(shape) < density
    for way, stored in _counted(nonzero):
        places = way.places(nonzero)
        assert len(places) == stored and set(np.flatnonzero(nonzero)) <= set(places.tolist())
        index = way.index(places, shape)
        assert 0 <= 8 * len(index) - way.index_bits(shape, stored) < 16  # two parts, each up to a byte
        assert np.array_equal(named_layout(way.name).read_index(index, shape, stored), places)
        assert way.tells(np.sort(places), shape)


def test_words_by_hand() -> None:
    """Places 1, 4 and 5 of eight: zeros before each, a bit for each, a bit for each block of all of a column."""
    places, shape = np.array([1, 4, 5]), (8, 1)
    (gaps, width), *none = GapLayout(2).words(places, shape)
    assert (gaps.tolist(), width, none) == ([1, 2, 0], 2, [])
    (flags, one), *_ = named_layout("bitmap").words(places, shape)
    assert (flags.tolist(), one) == ([0, 1, 0, 0, 1, 1, 0, 0], 1)
    (blocks, one), *_ = BlockLayout(8).words(np.arange(8), shape)
    assert (blocks.tolist(), one) == ([1], 1) and not BlockLayout(8).tells(places, shape)


def test_a_run_that_is_too_long_stores_zeros() -> None:
    kept = unfolded(np.array([9]), (12,))
    assert GapLayout(2).places(kept).tolist() == [3, 7, 9] and not GapLayout(2).tells(np.array([9]), (12,))


def test_dense_tells_everything_or_nothing() -> None:
    assert DenseLayout().tells(np.arange(6), (2, 3)) and not DenseLayout().tells(np.arange(5), (2, 3))
    assert DenseLayout().index(np.arange(6), (2, 3)).size == 0


def test_an_index_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        named_layout("bitmap").read_index(np.zeros(1, np.uint8), (4, 4), 3)
