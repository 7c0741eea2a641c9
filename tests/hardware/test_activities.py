"""Where a spiking network begins to cost more than a formal one."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware import estimate, time_multiplexed
from spikewright.hardware.activities import break_even, scaled, synaptic_activity
from tests.hardware.small_networks import active, formal, perceptron

FORMAL = formal()
REFERENCE = active(FORMAL, {"in": 784, "h0": 128})


def test_the_published_perceptron_breaks_even_at_0_448_spikes() -> None:
    # 784-128-10, 8 bits, 10 steps: the line through 1,286.0 nJ at 0.25 spikes and 4,979.9 nJ at 1 meets 2,262.0 nJ.
    network = perceptron()
    found = break_even(network, active(network, {"in": 196, "h0": 32}), FORMAL, REFERENCE)
    assert found.spikes == pytest.approx(0.25)
    assert found.limit == pytest.approx(0.25 + (2262.03 - 1285.97) / (4979.9 - 1285.97) * 0.75, rel=1e-4)
    assert found.limit == pytest.approx(0.448, abs=5e-4)
    assert found.pays


def test_the_limit_is_where_both_indices_are_equal() -> None:
    network = perceptron((40, 12, 4))
    small = active(network, {"in": 30, "h0": 5})
    other = active(FORMAL, {"in": 784, "h0": 128})
    found = break_even(network, small, FORMAL, other)
    there = estimate(network, scaled(small, found.limit / found.spikes), time_multiplexed(network))
    assert there.asic45_energy_nj.value == pytest.approx(found.formal_nj)


def test_a_formal_network_below_the_silent_one_leaves_no_limit() -> None:
    network = perceptron((40, 12, 4), steps=200)
    tiny = perceptron((2, 2, 2), steps=1)
    found = break_even(network, active(network, {"in": 1}), tiny, active(tiny, {"in": 1}))
    assert found.limit == 0 and not found.pays


def test_silence_is_refused() -> None:
    network = perceptron((4, 3, 2))
    with pytest.raises(InvalidInput, match="expected spikes in the activity"):
        break_even(network, active(network, {}), FORMAL, REFERENCE)


def test_the_activity_of_synapses_is_that_of_their_sources() -> None:
    network = perceptron()
    rows = {row["projection"]: row for row in synaptic_activity(network, active(network, {"in": 196, "h0": 64}))}
    assert rows["in->h0"]["synapses"] == 784 * 128
    assert rows["in->h0"]["synaptic_activity_ratio"] == pytest.approx(0.25)
    assert rows["h0->out"]["synaptic_activity_ratio"] == pytest.approx(0.5)
