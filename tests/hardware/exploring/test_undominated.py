"""Fronts of arrays against the plain ones."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright.dominance import front
from spikewright.hardware.exploring.undominated import front_of

COSTS = st.integers(1, 4).flatmap(
    lambda wide: st.lists(st.tuples(*[st.integers(-4, 4).map(float)] * wide), min_size=1, max_size=40)
)


@given(COSTS)
def test_the_front_is_the_plain_one_with_the_first_of_equals(costs) -> None:
    plain: dict = {}
    for place in sorted(front(costs)):
        plain.setdefault(costs[place], place)
    assert front_of(np.array(costs)).tolist() == sorted(plain.values())


def test_nothing_and_zeros() -> None:
    assert front_of(np.zeros((0, 2))).tolist() == []
    assert front_of(np.zeros((3, 2))).tolist() == [0]
