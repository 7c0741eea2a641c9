"""The sign of all numbers, over the same stored ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import weights as w
from tests.spikewright.weights.strategies import leaves, masked


@given(st.one_of(leaves((3, 4), real=True), masked((3, 4)).filter(lambda e: e.real)))
def test_the_opposite_is_as_large_and_looks_into_the_same_numbers(e: w.Expression) -> None:
    turned = w.opposite(e)
    assert np.array_equal(turned.values(), -e.values()) and turned.stored == e.stored and turned.told == e.told
    assert w.bits(turned) == w.bits(e) and turned.elementwise is e.elementwise
    for (_, _, mine), (_, _, other) in zip(w.leaves(turned), w.leaves(e), strict=True):
        assert mine is other
    assert w.opposite(turned) == e
    assert w.refilled(turned, np.ones((3, 4), np.int8)) == w.refilled(e, np.ones((3, 4), np.int8))


def test_integers_have_no_opposite_of_their_width() -> None:
    for e in (w.Leaf(np.array([-128], np.int8)), w.compact(np.array([[0, 0, 0, -8]], np.int8), alphabet=16)):
        with pytest.raises(w.InvalidWeights, match="expected real weights to negate, got the integers of a Leaf"):
            w.opposite(e)
