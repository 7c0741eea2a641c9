"""Cycles of the events of a projection, by hand."""

from dataclasses import replace

import numpy as np

from spikewright.hardware.estimation import Estimator
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.event_passes import pass_cycles
from spikewright.hardware.model.interval import Interval
from spikewright.index_maps import IndexMap
from spikewright.snn import (
    IF,
    Identity,
    Integrator,
    Linear,
    MaxGate,
    Network,
    Population,
    Projection,
    RateCode,
    SignedIF,
    Source,
    Windows,
)
from tests.hardware.small_networks import active


def pooled(neuron, schedule="synchronous", order=None) -> Network:
    """Four pixels of a map into neurons, these into one gate, in three steps."""
    populations = (
        Population("in", (1, 2, 2), Source()),
        Population("a", (1, 2, 2), neuron, 0, 0, 9),
        Population("gate", (1, 1, 1), MaxGate()),
        Population("out", (2,), Integrator(), 0, 0, 9),
    )
    projections = (
        Projection("in", "a", Identity(1), order=order),
        Projection("a", "gate", Windows((2, 2), (2, 2))),
        Projection("gate", "out", Linear(np.ones((2, 1), np.int8))),
    )
    fixed = {"numbers": "fixed", "schedule": schedule}
    return Network(populations, projections, "in", "out", RateCode(3), **fixed)


def cycles(network: Network, spikes: dict[str, float], number: int) -> Interval:
    projection = network.projections[number]
    known = Estimator(network, active(network, spikes))
    (flow,) = known.flows[projection.target]
    return pass_cycles(network, flow, LayerDesign(projection.target, 1))


def test_counts_that_only_grow_go_on_with_each_spike() -> None:
    assert cycles(pooled(IF(5)), {"a": 6}, 1) == Interval(6, 6, 6)


def test_counts_that_may_fall_are_all_sent_in_each_step() -> None:
    """Four neurons in three steps; its six events are counted before, and the walks may wait."""
    assert cycles(pooled(SignedIF(5)), {"a": 6}, 1) == Interval(12, 18, 30)


def test_layerwise_they_are_sent_once() -> None:
    assert cycles(pooled(SignedIF(5), "layerwise"), {"a": 6}, 1) == Interval(4, 10, 14)


def test_an_event_takes_the_passes_of_all_places_at_which_it_is_read() -> None:
    """The first pixel is read three times, the second once, the others never: one pass an event in the mean."""
    order = IndexMap.of((1, 2, 2), np.array([[[0, 0], [0, 1]]]))
    assert cycles(pooled(IF(5), order=order), {"in": 8}, 0) == Interval(0, 8, 24)


def test_a_delay_loses_the_events_of_the_last_steps() -> None:
    network = pooled(IF(5))
    late = replace(network, projections=(replace(network.projections[0], delay=1), *network.projections[1:]))
    assert cycles(late, {"in": 6}, 0) == Interval(0, 4, 6)
    late = replace(network, projections=(replace(network.projections[0], delay=3), *network.projections[1:]))
    assert cycles(late, {"in": 6}, 0) == Interval(0, 0, 0)
