"""Laws that every estimate obeys."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.hardware import design, estimate, fully_parallel, time_multiplexed
from spikewright.hardware.circuit.lane_room import room_of
from spikewright.hardware.design_points import layers_of
from spikewright.hardware.layer_designs import ladder as rungs_of
from spikewright.snn import (
    Activity,
    simulate,
)
from tests.hardware.small_networks import active, perceptron, pruned
from tests.snn.strategies import cases

FIXED = [cases("spiking", "fixed"), cases("quantised", "fixed")]


def _estimates(case, name: str | None = None):
    """The case's activity, and its estimates along the ladder of every layer in turn."""
    activity = simulate(case.network, case.images, engine="reference")
    for population in layers_of(case.network):
        row = [
            estimate(case.network, activity, design(case.network, {population.name: rung}))
            for rung in rungs_of(population, room_of(case.network, population))
        ]
        yield row


@settings(max_examples=25)
@given(st.one_of(FIXED))
def test_more_physical_neurons_are_never_slower(case) -> None:
    for row in _estimates(case):
        for less, more in pairwise(row):
            assert more.latency_cycles.value <= less.latency_cycles.value


@settings(max_examples=25)
@given(cases("spiking", "fixed"), st.floats(1.0, 4.0))
def test_more_spikes_never_cost_less(case, factor: float) -> None:
    activity = simulate(case.network, case.images, engine="reference")
    busier = scaled(activity, factor)
    for point in (time_multiplexed(case.network), fully_parallel(case.network)):
        less, more = estimate(case.network, activity, point), estimate(case.network, busier, point)
        assert more.latency_cycles.value >= less.latency_cycles.value
        assert more.asic45_energy_nj.value >= less.asic45_energy_nj.value * (1 - 1e-12)
        assert more.fpga_energy_uj.value >= less.fpga_energy_uj.value * (1 - 1e-12)


def scaled(activity: Activity, factor: float) -> Activity:
    """The same activity with `factor` times the spikes and operations."""
    spikes = {name: count * factor for name, count in activity.spikes.items()}
    operations = {name: count * factor for name, count in activity.synaptic_operations.items()}
    return replace(activity, spikes=spikes, synaptic_operations=operations)


@given(st.integers(1, 60), st.integers(1, 60))
def test_fewer_weight_bits_never_take_more_memory(low: int, high: int) -> None:
    assume(low <= high)
    narrow, wide = perceptron((64, 16, 4), limit=low), perceptron((64, 16, 4), limit=high)
    for point in (time_multiplexed(wide), design(wide, {"h0": 4})):
        less, more = (estimate(n, active(n, {"in": 9, "h0": 3}), point) for n in (narrow, wide))
        assert less.weight_memory_bits <= more.weight_memory_bits
        assert less.bram36 <= more.bram36


def test_pruned_weights_are_not_stored_not_read_and_not_walked() -> None:
    dense = perceptron((256, 64, 10))
    sparse = pruned(dense, keep=5)
    spikes = {"in": 100, "h0": 20}
    point = design(dense, {"h0": 4})
    full = estimate(dense, active(dense, spikes), point)
    thin = estimate(sparse, active(sparse, spikes, density=0.2), point)
    assert thin.weight_memory_bits < 0.5 * full.weight_memory_bits
    assert (
        thin.latency_cycles.value < 0.5 * full.latency_cycles.value
    )  # of 3.2 survivors a lane, the fullest of 4 has 5.9
    assert thin.asic45_energy_nj.value < 0.4 * full.asic45_energy_nj.value


def test_activity_of_another_network() -> None:
    network, other = perceptron((8, 4, 2)), perceptron((8, 4, 4, 2))
    with pytest.raises(InvalidInput, match="simulate it first"):
        estimate(other, active(network, {"in": 1}), time_multiplexed(other))


def test_faster_clock_shortens_the_time_not_the_cycles() -> None:
    network = perceptron((8, 4, 2), steps=2)
    activity = active(network, {"in": 5})
    slow, fast = (estimate(network, activity, time_multiplexed(network, clock_mhz=mhz)) for mhz in (50, 200))
    assert slow.latency_cycles == fast.latency_cycles
    assert slow.latency_s.value == pytest.approx(4 * fast.latency_s.value)
