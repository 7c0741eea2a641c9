"""The limits over the steps: by hand, and where both indices are equal."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware import break_even_curve
from spikewright.hardware.activities import break_even, scaled
from spikewright.hardware.break_even_curves import formal_twin, synaptic_ratio, with_steps
from tests.hardware.small_networks import active, formal, perceptron

NETWORK = perceptron()
ACTIVITY = active(NETWORK, {"in": 196, "h0": 32})


def test_the_published_perceptron_over_its_steps() -> None:
    # The line at 10 steps is that of `break_even`; a step of sweeps over 138 neurons takes 5.472 nJ of silence more.
    curve = break_even_curve(NETWORK, ACTIVITY, [1, 10])
    one, ten = curve.points
    assert (one.steps, one.bits, ten.steps, ten.bits) == (1, 1, 10, 4)
    assert ten.limit == pytest.approx(0.448, abs=5e-4) and curve.measured == pytest.approx(0.25)
    assert ten.silent_nj == pytest.approx(10 * one.silent_nj)
    each = (1285.97 - ten.silent_nj) / 0.25
    assert one.limit == pytest.approx((2262.03 - one.silent_nj) / each, rel=1e-4)
    assert (
        repr(curve) == "BreakEvenCurve(2 numbers of steps; in 10 a synapse passes on 0.25 spikes, the limit is 0.448)"
    )


@pytest.mark.parametrize("access", ["word", "bus", "width"])
def test_at_the_limit_both_indices_are_equal(access: str) -> None:
    network = perceptron((40, 12, 4), steps=5)
    activity = active(network, {"in": 30, "h0": 9})
    found = break_even_curve(network, activity, [2], memory_access=access)
    own = found.points[-1]
    assert (own.steps, own.bits) == (5, 3)
    twin = formal_twin(network, 3)
    full = active(twin, {"in": 40, "h0": 12})
    there = break_even(network, scaled(activity, own.limit / found.measured), twin, full, memory_access=access)
    assert there.spiking_nj == pytest.approx(there.formal_nj)


def test_more_steps_leave_less_room() -> None:
    limits = [one.limit for one in break_even_curve(NETWORK, ACTIVITY).points]
    assert limits == sorted(limits, reverse=True) and limits[-1] > 0
    rows = list(break_even_curve(NETWORK, ACTIVITY, [4]).table)
    assert [row["measured"] for row in rows] == [None, pytest.approx(0.25)]
    assert rows[0]["mean_rate_limit"] == rows[0]["synaptic_activity_limit"] / 4


def test_what_has_no_curve_is_refused() -> None:
    with pytest.raises(InvalidInput, match="expected numbers of steps of at least 1, got 0; try 8"):
        break_even_curve(NETWORK, ACTIVITY, [0])
    with pytest.raises(InvalidInput, match="expected spikes in the activity, got none"):
        break_even_curve(NETWORK, active(NETWORK, {}))
    with pytest.raises(InvalidInput, match="expected neurons that send spikes, got 'h0'"):
        formal_twin(formal(), 4)


def test_the_ratio_counts_every_synapse_once() -> None:
    assert synaptic_ratio(NETWORK, ACTIVITY) == pytest.approx((196 * 128 + 32 * 10) / (784 * 128 + 128 * 10))
    assert with_steps(NETWORK, 3).steps == 3
