"""Sums: what spikes bring, on top of what is held, in the planes of their steps."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Direct,
    FewSpikeIF,
    Identity,
    LatchedIF,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
)
from spikewright.snn.event.delivering import Delivery
from tests.snn.event.steps import chunk_of, last_of, ledger_of
from tests.snn.kernels.making import events_of
from tests.snn.small import single

SIZE, STEPS = 3, 4
SENT = np.random.default_rng(0).integers(0, 2, (2, STEPS, SIZE))
VALUES = np.array([[[1, 2, 3]], [[4, 5, 6]]])


def sums_of(network, arriving, steps=slice(0, STEPS)):
    """What is delivered to the output, and the operations of each projection."""
    chunk, ledger = chunk_of(steps), ledger_of(network)
    for name, events in arriving.items():
        chunk.arrive(name, events)
    return Delivery(network, ledger).sums(last_of(network), chunk), ledger.operations


def two(neuron=None, code=None):
    """A direct input and a population, both into b; times 2 and 3."""
    parts = (Population("in", (SIZE,), Source()), Population("a", (SIZE,), IF(1.0)))
    links = (
        Projection("in", "a", Identity()),
        Projection("a", "b", Identity(3.0)),
        Projection("in", "b", Identity(2.0)),
    )
    population = Population("b", (SIZE,), neuron or IF(1.0))
    return Network((*parts, population), links, "in", "b", code or Direct(9), readout="count")


def test_spikes_step_by_step():
    sums, operations = sums_of(single(((SIZE,),) * 2, IF(1.0), Identity(2.0), RateCode(9)), {"in": events_of(SENT)})
    np.testing.assert_array_equal(sums, 2 * SENT)
    np.testing.assert_array_equal(operations["in->a"], SENT.sum(axis=(1, 2)))


def test_one_held_plane_serves_all_steps():
    network = single(((SIZE,),) * 2, IF(1.0), Identity(2.0), Direct(9))
    sums, operations = sums_of(network, {"in": events_of(VALUES, np.float32, True)})
    np.testing.assert_array_equal(sums, 2 * VALUES)
    assert operations["in->a"].tolist() == [SIZE] * 2


def arriving():
    return {"in": events_of(VALUES, np.float32, True), "a": events_of(SENT)}


def test_planes_begin_as_the_held_one():
    sums, _ = sums_of(two(), arriving())
    np.testing.assert_array_equal(sums, 2 * VALUES + 3 * SENT)


@pytest.mark.parametrize(("window", "flows"), [(2, [1, 1, 0, 0]), (4, [1, 1, 1, 1])])
def test_a_direct_input_that_ends(window, flows):
    sums, _ = sums_of(two(code=Direct(9, window=window)), arriving())
    np.testing.assert_array_equal(sums, 2 * VALUES * np.array(flows)[:, None] + 3 * SENT)


def test_nothing_flows_after_the_window():
    network = two(code=Direct(9, window=2))
    chunk, ledger = chunk_of(slice(4, 8)), ledger_of(network)
    for name, events in arriving().items():
        chunk.arrive(name, events)
    np.testing.assert_array_equal(Delivery(network, ledger).sums(last_of(network), chunk), 3 * SENT)


def test_latched_neurons_sum_what_has_arrived_and_not_what_is_held():
    network = two(LatchedIF(1.0))
    chunk, delivery = chunk_of(slice(0, STEPS)), Delivery(network, ledger_of(network))
    population, before = last_of(network), 0
    for steps in (slice(0, STEPS), slice(STEPS, 2 * STEPS)):
        chunk.steps = steps
        for name, events in arriving().items():
            chunk.arrive(name, events)
        wanted = before + 3 * np.cumsum(SENT, axis=1)
        np.testing.assert_array_equal(delivery.sums(population, chunk), 2 * VALUES + wanted)
        before = wanted[:, -1:]


def test_layerwise_everything_is_in_one_plane():
    """A spike of a few-spike neuron brings the amplitude of its step; what is held enters as often as it flows."""
    parts = (
        Population("in", (SIZE,), Source()),
        Population("a", (SIZE,), FewSpikeIF(1.0, *3 * ((8.0, 4.0, 2.0, 1.0),))),
    )
    links = (
        Projection("in", "a", Identity()),
        Projection("a", "b", Identity(3.0)),
        Projection("in", "b", Identity(2.0)),
    )
    network = Network(
        (*parts, Population("b", (SIZE,), IF(1.0))), links, "in", "b", Direct(STEPS), "layerwise", "count"
    )
    sums, operations = sums_of(network, arriving())
    weighted = np.tensordot(np.array([8, 4, 2, 1]), SENT, (0, 1))
    np.testing.assert_array_equal(sums, STEPS * 2 * VALUES + 3 * weighted[:, None])
    np.testing.assert_array_equal(operations["a->b"], SENT.sum(axis=(1, 2)))
