"""Area, latency and energy: golden numbers beside their derivation, and the laws that every estimate obeys."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.hardware import DEVICES, Interval, design, estimate, fully_parallel, time_multiplexed
from spikewright.hardware.design_points import ladder as rungs_of
from spikewright.hardware.design_points import layer_design, layers_of
from spikewright.hardware.model.flows import event_flow
from spikewright.hardware.model.memory import block_count
from spikewright.snn import (
    IF,
    Activity,
    Codebook,
    Conv2d,
    Dense,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    simulate,
)
from tests.hardware.small_networks import active, formal, perceptron, pruned
from tests.snn.strategies import cases

FIXED = [cases("spiking", "fixed"), cases("quantised", "fixed")]


def test_cycle_law_of_the_measured_layers() -> None:
    # 64 inputs, 16 neurons, 6.5 events a step. P = 1: (6.5 + 1) (16 + 2) = 135 cycles; P = 16: 6.5 + 2.5 = 9.
    network = perceptron((64, 16, 10), bits=16)
    activity = active(network, {"in": 65, "h0": 0})
    one = estimate(network, activity, time_multiplexed(network)).layers[0]
    all_ = estimate(network, activity, fully_parallel(network)).layers[0]
    assert one.cycles.total.value / network.steps == pytest.approx(135.0)
    assert all_.cycles.total.value / network.steps == pytest.approx(9.0)


def test_fully_parallel_area_of_the_measured_layer() -> None:
    # LUT = N (10.0 + 1.70 V + 1.20 W ceil(Nin / 64)) = 64 (10 + 27.2 + 9.6) = 2995, synthesis gave 3009; FF = 25 N + 2.
    network = perceptron((64, 64, 10), bits=16)
    network = replace(network, populations=tuple(replace(p, bias=0) for p in network.populations))
    layer = estimate(network, active(network, {"in": 65}), fully_parallel(network)).layers[0]
    assert layer.area.lut.value == pytest.approx(2995.2)
    assert layer.area.lut.low <= 3009 <= layer.area.lut.high
    assert layer.area.ff.value == 25 * 64 + 2
    assert layer.area.blocks == 0


def test_bands_hold_what_hand_written_layers_took() -> None:
    """Fully connected layers took up to 1 / (1 - 0.62) times the LUTs; a ROM of 240 rows 557 where 7,849 were estimated;
    flip-flops of 52 layers 1 / (1 - 0.72) times in the median. Laws and bands: `hardware.model.constants`."""
    network = perceptron((64, 64, 10), bits=16)
    for point in (fully_parallel(network), time_multiplexed(network)):
        for layer in estimate(network, active(network, {"in": 65}), point).layers:
            lut, ff = layer.area.lut, layer.area.ff
            assert lut.low <= lut.value * 557 / 7849 and lut.high >= lut.value / (1 - 0.62)
            assert ff.low <= ff.value and ff.high >= ff.value / (1 - 0.72)


def test_multiplexed_area_of_the_measured_layer() -> None:
    # The same layer on one physical neuron took 71 LUT, 41 to 61 flip-flops and one 36 kbit block for its weights.
    network = perceptron((64, 64, 10), bits=16)
    network = replace(network, populations=tuple(replace(p, bias=0) for p in network.populations))
    layer = estimate(network, active(network, {"in": 65}), time_multiplexed(network)).layers[0]
    assert layer.area.lut.value == pytest.approx(71, abs=1)
    assert 41 <= layer.area.ff.value <= 61
    assert layer.area.blocks - block_count(DEVICES["xc7a100t"], 16, 64) == 2  # two halves; the rest are potentials


def test_formal_core_walks_its_fan_in() -> None:
    network = formal()
    layer = estimate(network, active(network, {"in": 1}), design(network, {"h0": 32})).layers[0]
    assert layer.cycles.total.value == 4 * (784 + 2)
    assert layer.area.dsp == 32


def test_block_geometry() -> None:
    xilinx, cyclone = DEVICES["xc7a100t"], DEVICES["5csema5"]
    assert [block_count(xilinx, 512, depth) for depth in (1, 512, 513)] == [15, 15, 29]
    assert block_count(xilinx, 8, 4096) == 2  # one 36 kbit block of 4096 x 9
    assert block_count(cyclone, 8, 1024) == 1
    assert block_count(xilinx, 0, 5) == 0


@given(st.integers(1, 600), st.integers(1, 70000), st.sampled_from(sorted(DEVICES)))
def test_blocks_hold_all_bits(width: int, depth: int, name: str) -> None:
    device = DEVICES[name]
    assert block_count(device, width, depth) * device.block_kbit * 1024 >= width * depth


def _estimates(case, name: str | None = None):
    """The case's activity, and its estimates along the ladder of every layer in turn."""
    activity = simulate(case.network, case.images, engine="reference")
    for population in layers_of(case.network):
        row = [
            estimate(case.network, activity, design(case.network, {population.name: rung}))
            for rung in rungs_of(population)
        ]
        yield row


@settings(max_examples=25)
@given(st.one_of(FIXED))
def test_more_physical_neurons_are_faster_and_larger(case) -> None:
    for row in _estimates(case):
        for less, more in pairwise(row):
            assert more.latency_cycles.value <= less.latency_cycles.value
            assert more.lut.value >= less.lut.value
            assert more.dsp >= less.dsp


@given(cases("spiking", "fixed"))
def test_no_event_reaches_more_than_its_row(case) -> None:
    activity = simulate(case.network, case.images, engine="reference")
    for projection in case.network.projections:
        flow = event_flow(case.network, activity, projection)
        assert 0 <= flow.operations <= flow.events * flow.channels * flow.taps * (1 + 1e-12)
        assert flow.operations <= flow.reads * (1 + 1e-12)


@settings(max_examples=25)
@given(st.one_of(FIXED))
def test_bounds_enclose_and_totals_add_up(case) -> None:
    activity = simulate(case.network, case.images, engine="reference")
    for point in (time_multiplexed(case.network), fully_parallel(case.network, device="ecp5-25k")):
        one = estimate(case.network, activity, point)
        for interval in (one.lut, one.ff, one.latency_cycles, one.latency_s, one.asic45_energy_nj, one.fpga_energy_uj):
            assert 0 < interval.low <= interval.value <= interval.high
        assert one.lut.value == pytest.approx(sum(layer.area.lut.value for layer in one.layers))
        assert one.table["layer"][-1] == "total" and len(one.table) == len(one.layers) + 1
        assert one.interval_cycles <= one.latency_cycles.value * (1 + 1e-12)


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
        assert less.lut.value <= more.lut.value


def test_pruned_weights_are_not_stored_not_read_and_not_walked() -> None:
    dense = perceptron((256, 64, 10))
    sparse = pruned(dense, keep=5)
    spikes = {"in": 100, "h0": 20}
    point = design(dense, {"h0": 4})
    full = estimate(dense, active(dense, spikes), point)
    thin = estimate(sparse, active(sparse, spikes, density=0.2), point)
    assert thin.weight_memory_bits < 0.5 * full.weight_memory_bits
    assert thin.latency_cycles.value < 0.4 * full.latency_cycles.value
    assert thin.asic45_energy_nj.value < 0.4 * full.asic45_energy_nj.value


def test_zeros_in_a_dense_memory_are_read_all_the_same() -> None:
    # Half of the weights are zero: the engine counts half of the additions, the core makes all of them.
    network = perceptron((64, 16, 4))
    values = network.projections[0].synapse.weights.values.copy()
    values[:, ::2] = 0
    first = replace(network.projections[0], synapse=Linear(Dense(values)))
    holed = replace(network, projections=(first, network.projections[1]))
    point = time_multiplexed(network)
    whole = estimate(network, active(network, {"in": 20}), point).asic45_energy_nj.value
    halved = active(holed, {"in": 20})
    halved = replace(halved, synaptic_operations={**halved.synaptic_operations, "in->h0": np.array([20 * 16 * 0.5])})
    assert estimate(holed, halved, point).asic45_energy_nj.value == pytest.approx(whole)


def test_codebook_stores_indices_and_a_table() -> None:
    values = np.array([-90, -5, 7, 100], np.int8)
    indices = np.arange(64).reshape(4, 16) % 4
    network = perceptron((16, 4))
    shared = replace(network, projections=(replace(network.projections[0], synapse=Linear(Codebook(indices, values))),))
    one = estimate(shared, active(shared, {"in": 4}), time_multiplexed(shared))
    assert one.weight_memory_bits == 64 * 2 + 4 * 8


def test_direct_input_is_convolved_once() -> None:
    # 1 x 4 x 4 image with 5 pixels that are not zero, 2 channels x 9 taps, one lane: 5 (18 + 2) cycles before the
    # first step; then a sweep of 2 x 16 neurons in each of 3 steps: 3 (32 + 2).
    weights = Dense(np.ones((2, 1, 3, 3), np.int8))
    populations = (
        Population("in", (1, 4, 4), Source()),
        Population("conv", (2, 4, 4), IF(5), potential_bits=8),
        Population("out", (3,), Integrator(), potential_bits=12),
    )
    projections = (
        Projection("in", "conv", Conv2d(weights, padding=(1, 1))),
        Projection("conv", "out", Linear(Dense(np.ones((3, 32), np.int8)))),
    )
    network = Network(populations, projections, "in", "out", Direct(3, 15), numbers="fixed")
    layer = estimate(network, active(network, {"in": 5}), time_multiplexed(network)).layers[0]
    assert (layer.cycles.once.value, layer.cycles.steps.value) == (100, 102)
    assert layer.area.dsp == 1
    lanes = estimate(network, active(network, {"in": 5}), design(network, {"conv": 6})).layers[0]
    assert lanes.cycles.once.value == 5 * (1 * 3 + 2)  # two channel lanes, three kernel lanes
    assert lanes.design == layer_design(populations[1], 6)


def test_latency_is_filled_pipeline_or_plain_sum() -> None:
    # Two layers that take 10 (a) and 4 (b) cycles a step, 3 steps: a + b + 2 a.
    network = perceptron((8, 6, 4), steps=3)
    activity = active(network, {"in": 3, "h0": 0})
    first, second = (
        layer.cycles.total.value / 3 for layer in estimate(network, activity, time_multiplexed(network)).layers
    )
    latency = estimate(network, activity, time_multiplexed(network)).latency_cycles
    assert latency.value == pytest.approx(first + second + 2 * max(first, second))
    assert latency.high == pytest.approx(3 * (first + second))
    layerwise = replace(network, schedule="layerwise")
    assert estimate(layerwise, activity, time_multiplexed(network)).latency_cycles.value == pytest.approx(latency.high)


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


def test_interval_arithmetic() -> None:
    assert Interval(1, 2, 3) + Interval(1, 1, 1) == Interval(2, 3, 4)
    assert Interval(1, 2, 3) * Interval(2, 2, 4) * 2 == Interval(4, 8, 24)
    assert isinstance(perceptron((2, 2)).code, RateCode)
