"""Probabilities that one design beats another."""

from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput, Table
from spikewright.hardware import Interval
from spikewright.hardware.exploring.chances import DEVIATIONS, against_best, odds

SIZE = st.floats(0, 100)
INTERVALS = st.tuples(SIZE, SIZE, SIZE).map(lambda each: Interval(*sorted(each)))


@given(INTERVALS, INTERVALS, st.floats(0, 1))
def test_both_ways_add_up_to_one_and_the_smaller_is_likelier(first, second, shared) -> None:
    there, back = odds(first, second, shared), odds(second, first, shared)
    assert 0 <= there <= 1
    if first.value == second.value:
        assert there == back == 0.5
    else:
        assert isclose(there + back, 1.0)
        assert (there >= 0.5) if first.value < second.value else (there <= 0.5)


@given(INTERVALS, INTERVALS, st.floats(0, 0.5), st.floats(0, 0.5))
def test_what_is_shared_tells_designs_apart(first, second, shared, more) -> None:
    known, surer = (abs(odds(first, second, each) - 0.5) for each in (shared, shared + more))
    assert surer >= known - 1e-9


def test_against_draws() -> None:
    first, second = Interval(8.0, 10.0, 14.0), Interval(9.0, 12.0, 13.0)
    random = np.random.default_rng(0)
    one = 10.0 + random.standard_normal(200_000) * 4.0 / DEVIATIONS
    two = 12.0 + random.standard_normal(200_000) * 3.0 / DEVIATIONS
    assert odds(first, second) == pytest.approx(np.mean(one < two), abs=0.005)
    assert odds(Interval.exact(1.0), Interval.exact(2.0)) == 1.0
    with pytest.raises(InvalidInput, match="from 0 to 1"):
        odds(first, second, 2.0)


def test_the_best_against_the_others() -> None:
    bounds = {"lut_low": 8.0, "lut_high": 14.0}
    table = Table.of([{"lut": 12.0, **bounds, "accuracy": 0.9}, {"lut": 10.0, **bounds, "accuracy": 0.8}])
    found = against_best(table, "lut")
    assert found["lut"] == [10.0, 12.0] and found["beats_best"][0] == 0.5 and 0 < found["beats_best"][1] < 0.5
    assert against_best(table, "accuracy")["beats_best"] == [0.5, 0.0]
    assert len(against_best(Table.of([]), "lut")) == 0
