"""Spiking max-pool, on the reference engine: a gate's total is the largest count of its window."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    Burst,
    Direct,
    Identity,
    Integrator,
    Linear,
    MaxGate,
    Network,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    SignedIF,
    Source,
    TernaryIF,
    TtfsCode,
    Windows,
    dense,
)
from tests.snn.small import reference
from tests.snn.strategies import Case

SEEDS = st.integers(0, 2**20)


def pooling(neuron, schedule, seed, shift=0):
    """in -> a (2, 4, 5) -> gate over windows of 2 x 2 at stride (2, 1) and padding (1, 0) -> sum."""
    random = np.random.default_rng(seed)
    parts = (
        Population("in", (2, 4, 5), Source()),
        Population("a", (2, 4, 5), neuron),
        Population("m", (2, 3, 4), MaxGate()),
        Population("out", (1,), Integrator()),
    )
    links = (
        Projection("in", "a", Identity()),
        Projection("a", "m", Windows((2, 2), (2, 1), (1, 0))),
        Projection("m", "out", Linear(dense(np.ones((1, 24), np.float32)))),
    )
    network = Network(parts, links, "in", "out", Direct(7), schedule)
    return Case(network, ((random.integers(-20, 21, (2, 2, 4, 5)) + shift) / 16).astype(np.float32))


def gated(*arguments):
    case = pooling(*arguments)
    return reference(case.network, case.images)


def max_pooled(counts):
    """torch's max-pool of `(steps, batch, 2, 4, 5)` over the windows of `gated`."""
    pooled = torch.nn.functional.max_pool2d(torch.tensor(counts.reshape(-1, 4, 5)).double(), (2, 2), (2, 1), (1, 0))
    return pooled.numpy().reshape(*counts.shape[:2], 2, 3, 4)


@settings(max_examples=30)
@given(SEEDS, st.sampled_from([IF(0.5), TernaryIF(0.5, 0.75), Burst(0.25, 3), SignedIF(0.5)]))
def test_a_gates_total_is_the_largest_count_in_every_step(seed, neuron):
    activity = gated(neuron, "synchronous", seed)
    largest = max_pooled(np.cumsum(activity.rasters["a"], axis=0))
    np.testing.assert_array_equal(np.cumsum(activity.rasters["m"], axis=0), largest)
    np.testing.assert_array_equal(activity.potentials["m"], largest)


@settings(max_examples=30)
@given(SEEDS, st.sampled_from([(IF(0.5), 1), (TernaryIF(0.5, 0.75), 1), (Burst(0.25, 3), 3)]))
def test_a_layerwise_gate_sends_the_largest_count_at_the_pace_of_its_sources(seed, case):
    neuron, most = case
    activity = gated(neuron, "layerwise", seed)
    gate = activity.rasters["m"]
    largest = max_pooled(activity.rasters["a"].sum(axis=0, keepdims=True))[0]
    np.testing.assert_array_equal(gate.sum(axis=0), largest)
    assert np.abs(gate).max() <= most
    np.testing.assert_array_equal(activity.potentials["m"], largest - np.cumsum(gate, axis=0))


def test_a_gate_of_spike_times_is_the_earliest_spike():
    parts = (
        Population("in", (1, 2, 2), Source()), Population("m", (1, 1, 1), MaxGate()), Population("a", (1, 1, 1), Ramp(1.0)),
    )  # fmt: skip
    links = (Projection("in", "m", Windows((2, 2), (2, 2))), Projection("m", "a", Identity()))
    network = Network(parts, links, "in", "a", TtfsCode(), readout="first")
    activity = reference(network, np.array([[[[0.25, 0.75], [0.0, 0.5]]]]))
    assert activity.rasters["m"].item() == activity.logits.item() == 0.75
    assert activity.synaptic_operations["in->m"].item() == 3  # the silent pixel costs nothing


def test_a_gate_of_a_quantised_network_is_the_max_pool():
    parts = (Population("in", (2, 4, 5), Source()), Population("m", (2, 3, 4), MaxGate()))
    parts = (*parts, Population("q", (2, 3, 4), QuantReLU(1.0, 0, 15)))
    links = (Projection("in", "m", Windows((2, 2), (2, 1), (1, 0))), Projection("m", "q", Identity()))
    images = np.random.default_rng(3).integers(0, 16, (2, 2, 4, 5)) / 15
    activity = reference(Network(parts, links, "in", "q", Direct(1, 15), readout="count"), images)
    np.testing.assert_array_equal(activity.rasters["m"], max_pooled(activity.rasters["in"]))
    np.testing.assert_array_equal(activity.rasters["q"], activity.rasters["m"])


def test_a_spike_costs_one_operation_for_each_window_it_lies_in():
    # windows of 3 at stride 1 on 1 x 5: the places lie in 1, 2, 3, 2, 1 windows
    parts = (Population("in", (1, 1, 5), Source()), Population("m", (1, 1, 3), MaxGate()))
    parts = (*parts, Population("out", (1, 1, 3), Integrator()))
    links = (Projection("in", "m", Windows((1, 3), (1, 1))), Projection("m", "out", Identity()))
    network = Network(parts, links, "in", "out", RateCode(1))
    images = np.eye(5).reshape(5, 1, 1, 5)
    assert reference(network, images).synaptic_operations["in->m"].tolist() == [1, 2, 3, 2, 1]
