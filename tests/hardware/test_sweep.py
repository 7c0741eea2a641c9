"""Which designs are tried."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.hardware import DEVICES
from spikewright.hardware.sweep import choices_of, combinations, points, thinned
from tests.hardware.small_networks import active, perceptron


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12), st.integers(1, 300))
def test_thinned_ladders_stay_inside_the_limit(lengths: list[int], limit: int) -> None:
    ladders = [tuple(2**k for k in range(length)) for length in lengths]
    kept = thinned(ladders, limit)
    assert int(np.prod([len(rungs) for rungs in kept], dtype=object)) <= limit
    for before, after in zip(ladders, kept, strict=True):
        assert set(after) <= set(before) and after[0] == before[0]
        assert len(after) == 1 or after[-1] == before[-1]


def test_corners_come_first_and_no_point_of_the_sweep_twice() -> None:
    network = perceptron((16, 8, 4))
    every = combinations(choices_of(network), 256)
    tried = list(points(network, active(network, {"in": 20, "h0": 8}), every, DEVICES["xc7a35t"], 50.0))
    assert [name for name, _ in tried[:4]] == ["fully_parallel", "time_multiplexed", "hybrid", "sweep"]
    swept = [point for name, point in tried if name == "sweep"]
    assert len(set(swept)) == len(swept) and all(point.clock_mhz == 50.0 for point in swept)
    assert len({point for _, point in tried}) == 4 * 3  # ladders 1, 2, 4, 8 and 1, 2, 4


def test_choices_are_ladders_and_what_is_given() -> None:
    network = perceptron((16, 8, 4))
    found = choices_of(network, {"h0": [8, (2, 1, 1), 2]})
    assert [[lanes.count for lanes in each] for each in found.values()] == [[8, 2], [1, 2, 4]]
    assert len(list(combinations(found, 100))) == 6 and len(list(combinations(found, 5))) == 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"h1": [1]}, "try h0"),
        ({"h0": []}, r"try \[1, 2, 4\]"),
        ({"h0": 4}, "a list of lanes"),
        ({"h0": [9]}, "1 to 8"),
    ],
)
def test_bad_choices(given, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        choices_of(perceptron((16, 8, 4)), given)
