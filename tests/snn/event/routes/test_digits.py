"""Weights in bytes: units and digits give back the weights, and as few bytes as they need."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn.event.routes.digits import HIGHEST, LOWEST, digits_of, turned_twice

SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 3), st.integers(1, 4), st.integers(1, 9))
LARGEST = st.sampled_from([1, 127, 128, 300, HIGHEST])


def taps_of(shape):
    """Sites, groups, source channels of each, taps, target channels of a group."""
    _, groups, each, taps, length = shape
    return SimpleNamespace(channel_base=np.zeros(groups * each), groups=groups, taps=(None,) * taps, length=length)


@given(SHAPES, LARGEST, st.sampled_from([1, 2, 60]), st.integers(0, 99))
def test_they_give_the_weights_back(shape, largest, unit, seed):
    random = np.random.default_rng(seed)
    weights = random.integers(-largest, largest + 1, shape) * random.integers(
        1, unit + 1, (1, shape[1], 1, 1, shape[4])
    )
    found = digits_of(weights.reshape(-1).astype(np.int32), taps_of(shape))
    parts = found.rows.astype(np.int64).reshape(found.digits, *shape)
    whole = sum(part << 8 * number for number, part in enumerate(parts))
    if found.unit.size:
        whole = whole * found.unit.reshape(shape[1], 1, 1, shape[4])
    np.testing.assert_array_equal(whole, weights)
    assert found.digits == 1 or np.abs(whole).max() > 127
    assert found.unit.size or (found.digits == 1 and -128 <= weights.min() and weights.max() <= 127)


@pytest.mark.parametrize(("one", "digits"), [(127, 1), (-128, 1), (128, 2), (HIGHEST, 2), (LOWEST, 2)])
def test_how_many_bytes(one, digits):
    """Beside a weight of one, which leaves no unit."""
    assert digits_of(np.array([1, one]), taps_of((1, 1, 2, 1, 1))).digits == digits


@pytest.mark.parametrize("one", [HIGHEST + 1, LOWEST - 1, 2**30])
def test_more_than_two_bytes(one):
    assert digits_of(np.array([1, one]), taps_of((1, 1, 2, 1, 1))) is None
    alone = digits_of(np.array([one, 0]), taps_of((1, 1, 2, 1, 1)))
    assert alone.digits == 1 and alone.unit.tolist() == [abs(one)]


def test_views_once_more():
    """Those of two target pixels, the first with two runs, through rows that begin behind seven."""
    found = turned_twice(*(np.array(one, np.int32) for one in ([0, 2, 3], [0, 2, 3, 4], [5, 6, 9, 1], [0, 1, 2, 3])), 7)
    wanted = [0, 2, 3, 5, 6], [0, 2, 3, 4, 6, 7, 8], [5, 6, 9, 1] * 2, [0, 1, 2, 3, 7, 8, 9, 10]
    assert [one.tolist() for one in found] == [*wanted]
