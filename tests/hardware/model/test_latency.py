"""Cycles: golden numbers beside their derivation."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.hardware import design, estimate, fully_parallel, time_multiplexed
from spikewright.hardware.layer_designs import layer_design
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
)
from tests.hardware.small_networks import active, formal, perceptron


def test_cycle_law_of_the_measured_layers() -> None:
    # 64 inputs, 16 neurons, 6.5 events a step. P = 1: (6.5 + 1) (16 + 2) = 135 cycles; P = 16: 6.5 + 2.5 = 9.
    network = perceptron((64, 16, 10), bits=16)
    activity = active(network, {"in": 65, "h0": 0})
    one = estimate(network, activity, time_multiplexed(network)).layers[0]
    all_ = estimate(network, activity, fully_parallel(network)).layers[0]
    assert one.cycles.total.value / network.steps == pytest.approx(135.0)
    assert all_.cycles.total.value / network.steps == pytest.approx(9.0)


def test_formal_core_walks_its_fan_in() -> None:
    network = formal()
    layer = estimate(network, active(network, {"in": 1}), design(network, {"h0": 32})).layers[0]
    assert layer.cycles.total.value == 4 * (784 + 2)
    assert layer.area.dsp == 32


def test_direct_input_is_convolved_once() -> None:
    # 1 x 4 x 4 image with 5 pixels that are not zero, 2 channels x 9 taps, one lane: 5 (18 + 2) cycles before the
    # first step; then a sweep of 2 x 16 neurons in each of 3 steps: 3 (32 + 2).
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
