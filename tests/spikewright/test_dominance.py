"""Fronts and volumes: held against their definitions."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.dominance import Costs, dominates, front, hypervolume

SMALL = st.integers(0, 4).map(float)
CLOUDS = st.integers(1, 3).flatmap(lambda size: st.lists(st.tuples(*[SMALL] * size), max_size=8))


@given(CLOUDS)
def test_the_front_is_what_no_other_dominates(costs: list[Costs]) -> None:
    beaten = {n for n, one in enumerate(costs) if any(dominates(other, one) for other in costs)}
    found = front(costs)
    assert sorted(found) == sorted({*range(len(costs))} - beaten)
    assert [costs[place] for place in found] == sorted(costs[place] for place in found)


@given(CLOUDS)
def test_the_volume_is_the_number_of_dominated_cubes(costs: list[Costs]) -> None:
    """Costs are whole numbers: the volume is a count of unit cubes with a better corner."""
    size = len(costs[0]) if costs else 2
    cubes = product(range(5), repeat=size)
    count = sum(any(all(c <= k for c, k in zip(one, cube, strict=True)) for one in costs) for cube in cubes)
    assert hypervolume(costs, (5.0,) * size) == count


@pytest.mark.parametrize(
    "one, other, expected", [((1, 2), (1, 2), False), ((1, 2), (1, 3), True), ((0, 3), (1, 2), False)]
)
def test_dominance(one: Costs, other: Costs, expected: bool) -> None:
    assert dominates(one, other) is expected


def test_edges() -> None:
    assert front([]) == [] and hypervolume([], (1.0, 1.0)) == 0.0
    assert hypervolume([(2.0, 0.0)], (1.0, 1.0)) == 0.0, "worse than the worst counts for nothing"
