"""The rows of an exploration."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware import DEVICES
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.exploring.candidates import CandidateRows, GatheredRows
from spikewright.hardware.exploring.goals import Goals
from tests.hardware.small_networks import active, perceptron


def _gathered(parallelism, goals: Goals, sizes=(64, 32, 10)) -> GatheredRows:
    network = perceptron(sizes)
    activity = active(network, {"in": 60, "h0": 20})
    found = GatheredRows(goals, 2)
    for device in ("xc7a35t", "ecp5-85k"):
        one = CandidateRows(0, Estimator(network, activity), activity, {}, (100.0,))
        found.add(one, DEVICES[device], parallelism, 2)
    return found


def test_rows_are_each_design_once_where_the_space_is_small() -> None:
    found = _gathered(None, Goals())
    sweep = [one.point for one in found.estimates]
    assert len(sweep) == len(set(sweep)) == 2 * 6 * 4
    assert [row["point"] for row in found.rows] == list(range(48))
    assert [(count["points"], count["costed"], count["all_have_rows"]) for count in found.counts] == [
        (24, 24, True)
    ] * 2


def test_a_larger_space_is_thinned_and_says_so() -> None:
    found = _gathered(None, Goals(most_points=24))
    assert [(count["points"], count["costed"]) for count in found.counts] == [(24, 12)] * 2


def test_the_front_has_rows_beside_those_that_are_spread() -> None:
    sizes = (64, 512, 256, 128, 10)
    found = _gathered(None, Goals(("latency_us", "lut")), sizes)
    assert found.counts[0]["costed"] == 10 * 9 * 8 * 4 and not found.counts[0]["all_have_rows"]
    rows = [row for row in found.rows if row["device"] == "xc7a35t" and row["feasible"]]
    assert len(rows) < 300
    smallest = min(rows, key=lambda row: row["latency_us"])
    assert sum(row["latency_us"] <= smallest["latency_us"] for row in rows) >= 1


def test_own_designs_and_bad_words() -> None:
    found = _gathered([{"h0": 4}], Goals(bounds={"lut": 1.0}))
    assert [row["physical_neurons"] for row in found.rows[:4]] == ["32/10", "1/1", "32/1", "4/1"]
    assert found.counts[0]["feasible"] == 0 and found.counts[0]["nearest_lut"] > 1.0
    with pytest.raises(InvalidInput, match="try 'grid'"):
        _gathered("mesh", Goals())
    assert _gathered("grid", Goals()).counts == _gathered(None, Goals()).counts
