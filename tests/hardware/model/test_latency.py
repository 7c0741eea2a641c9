"""Cycles: golden numbers beside their derivation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware import design, estimate, fully_parallel, time_multiplexed
from spikewright.hardware.behaviour.exact_cycles import core_cycles
from spikewright.hardware.behaviour.simulating import behave, rasters_of_activity
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.layer_designs import LayerDesign, layer_design
from spikewright.snn import (
    IF,
    Conv2d,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Source,
    dense,
    simulate,
)
from tests.hardware.core.test_independent_reader import EACH_KIND
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.drawn_macs import drawn_mac
from tests.hardware.cosim.pruned import pruned
from tests.hardware.small_networks import active, formal, perceptron
from tests.validate.drawers import DRAWERS, Drawer, lanes_of


def test_cycle_law_of_the_measured_layers() -> None:
    # 64 inputs, 16 neurons, 6.5 events a step. P = 1: 6.5 x 16 passes + 2 + 16 blocks + 5 = 127 cycles; P = 16: 6.5 + 2 + 1 + 5.
    network = perceptron((64, 16, 10), bits=16)
    activity = active(network, {"in": 65, "h0": 0})
    one = estimate(network, activity, time_multiplexed(network)).layers[0]
    all_ = estimate(network, activity, fully_parallel(network)).layers[0]
    assert one.cycles.total.value / network.steps == pytest.approx(127.0)
    assert all_.cycles.total.value / network.steps == pytest.approx(14.5)


def test_formal_core_walks_its_fan_in() -> None:
    network = formal()
    layer = estimate(network, active(network, {"in": 1}), design(network, {"h0": 32})).layers[0]
    assert layer.cycles.total.value == 4 * 784
    assert layer.area.dsp == 32


def test_direct_input_is_convolved_once() -> None:
    # 1 x 4 x 4 image with 5 pixels that are not zero, 2 channels x 9 taps, one lane. A pixel at the edge reaches 2 of 3 rows or
    # columns, so that an event takes 2 x 2.5 x 2.5 passes in the mean: 62.5 + 2 + 32 + 5 cycles before the first step; then a
    # sweep of 2 x 16 neurons in each of 3 steps, which wait for nothing but a token: 3 (1 + 32 + 5).
    weights = dense(np.ones((2, 1, 3, 3), np.int8))
    populations = (
        Population("in", (1, 4, 4), Source()),
        Population("conv", (2, 4, 4), IF(5), potential_bits=8),
        Population("out", (3,), Integrator(), potential_bits=12),
    )
    projections = (
        Projection("in", "conv", Conv2d(weights, padding=(1, 1))),
        Projection("conv", "out", Linear(dense(np.ones((3, 32), np.int8)))),
    )
    network = Network(populations, projections, "in", "out", Direct(3, 15), numbers="fixed")
    evenly = active(network, {"in": 5}, 2 * 2.5 * 2.5 / 32)  # additions an event of pixels that are spread evenly
    layer = estimate(network, evenly, time_multiplexed(network)).layers[0]
    assert layer.cycles.once.value == pytest.approx(101.5)
    assert layer.cycles.steps.value == 114
    lanes = estimate(network, evenly, design(network, {"conv": 6})).layers[0]
    # Two channel lanes and three along the columns: 2.5 passes an event, and 4 x 2 blocks.
    assert lanes.cycles.once.value == pytest.approx(5 * 2.5 + 2 + 8 + 5)
    assert lanes.design == layer_design(populations[1], 6)


def test_latency_is_filled_pipeline_or_plain_sum() -> None:
    # Two layers that take a and b cycles a step, 3 steps: a + b + 2 a, and 4 + 8 until the class of 4 is found.
    network = perceptron((8, 6, 4), steps=3)
    activity = active(network, {"in": 3, "h0": 0})
    first, second = (
        layer.cycles.total.value / 3 for layer in estimate(network, activity, time_multiplexed(network)).layers
    )
    latency = estimate(network, activity, time_multiplexed(network)).latency_cycles
    assert latency.value == pytest.approx(first + second + 2 * max(first, second) + 12)
    # Nothing overlaps: also 2 cycles for each of 3 events, and 8 and one for each of 6 and 4 blocks in each step.
    assert latency.high == pytest.approx(3 * (first + second) + 12 + 2 * 3 + 3 * (8 + 6) + 3 * (8 + 4))
    layerwise = replace(network, schedule="layerwise")
    assert estimate(layerwise, activity, time_multiplexed(network)).latency_cycles.value == pytest.approx(
        3 * (first + second) + 12 - 2 * 2
    )


@pytest.mark.parametrize("seed", (2, 5, 10, 17, 20, 28))
def test_the_interval_holds_what_the_simulator_counts(seed: int) -> None:
    """The mean of four images, each behind a reset, without what the first layer does once then."""
    network = drawn(seed)
    images = np.random.default_rng(seed).random((4, *network.by_name["input"].shape)).astype(np.float32)
    activity = simulate(network, images, record=("rasters",))
    for lanes in (dict.fromkeys((p.name for p in network.order[1:]), PhysicalLanes()), drawn_lanes(network, seed)):
        circuit = Circuit(network, lanes, Path())
        rasters = rasters_of_activity(circuit, activity)
        each = [behave(circuit, {k: v[:, n : n + 1] for k, v in rasters.items()}).latency[0] for n in range(4)]
        point = DesignPoint(tuple(LayerDesign(name, one) for name, one in lanes.items()))
        found = estimate(network, activity, point).latency_cycles
        assert found.low <= np.mean(each) - circuit.blocks(circuit.inner[0]).count - 5 <= found.high


@pytest.mark.parametrize("drawer", EACH_KIND, ids=lambda drawer: drawer.name)
def test_the_interval_holds_for_each_kind(drawer: Drawer) -> None:
    """From counts of spikes alone: no raster says how many of them are one event, or which a delay loses."""
    for seed in range(2):
        network, images = drawer.network(seed), drawer.images(seed, 4)
        lanes = lanes_of(network, seed, seed + 1)
        activity = simulate(network, images)
        whole = simulate(replace(network, decision=None), images, record=("rasters",))
        circuit = Circuit(network, lanes, Path())
        rasters = {name: np.split(raster, 4, axis=1) for name, raster in rasters_of_activity(circuit, whole).items()}
        taken = np.split(activity.decision_step, 4)
        each = [behave(circuit, {k: v[n] for k, v in rasters.items()}, taken[n]).latency[0] for n in range(4)]
        point = DesignPoint(tuple(LayerDesign(name, one) for name, one in lanes.items()))
        found = estimate(network, activity, point).latency_cycles
        assert found.low <= np.mean(each) - circuit.blocks(circuit.inner[0]).count - 5 <= found.high, seed


@pytest.mark.parametrize("seed", range(6))
def test_a_mac_core_takes_its_stored_rows_and_its_latency_lies_in_the_interval(seed: int) -> None:
    network = pruned(drawn_mac(seed), seed) if seed % 2 else drawn_mac(seed)
    images = np.random.default_rng(seed).random((2, *network.by_name[network.input].shape)).astype(np.float32)
    activity = simulate(network, images)
    for choice in range(3):
        lanes = lanes_of(network, seed, choice)
        exact = core_cycles(network, lanes, activity)
        point = DesignPoint(tuple(LayerDesign(name, one) for name, one in lanes.items()))
        found = estimate(network, activity, point)
        for layer in found.layers:
            walked = exact.layers[layer.design.population].total.value
            assert layer.cycles.total.value == max(walked, layer.neurons + 1)
        assert found.latency_cycles.low <= exact.latency[0] <= found.latency_cycles.high
        assert found.latency_cycles.value == pytest.approx(exact.latency[0], rel=0.1)


@pytest.mark.parametrize(
    "drawer", [one for one in DRAWERS if one.name.startswith("pruned")], ids=lambda drawer: drawer.name
)
def test_the_interval_holds_for_pruned_networks(drawer: Drawer) -> None:
    for seed in range(3):
        network, images = drawer.network(seed), drawer.images(seed, 4)
        lanes = lanes_of(network, seed, 1)
        activity = simulate(network, images, record=("rasters",))
        exact = core_cycles(network, lanes, activity)
        point = DesignPoint(tuple(LayerDesign(name, one) for name, one in lanes.items()))
        for known in (activity, replace(activity, rasters={})):
            found = estimate(network, known, point)
            assert found.latency_cycles.low <= exact.mean_latency.value - 30 <= found.latency_cycles.high, seed
            for layer in found.layers:
                busy = exact.layers[layer.design.population].total.value
                assert layer.cycles.total.low - 1e-6 <= busy <= layer.cycles.total.high + 1e-6
