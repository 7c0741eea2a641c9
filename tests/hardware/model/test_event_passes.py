"""Cycles of the events of a projection, by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware.behaviour.cycle_law import pipeline
from spikewright.hardware.behaviour.simulating import rasters_of_activity
from spikewright.hardware.circuit.layer_rows import LayerRows
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.estimation import Estimator
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
    simulate,
    sparse,
)
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.pruned import pruned
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
    return pass_cycles(network, flow, stored(network, projection, PhysicalLanes()))


def stored(network: Network, projection: Projection, lanes: PhysicalLanes) -> StoredRows:
    layer = network.by_name[projection.target]
    return LayerRows.of(network, layer, lanes, {}).rows[projection.name]


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


@pytest.mark.parametrize("seed", range(8))
def test_passes_are_those_of_the_simulator_with_rasters_and_lie_in_their_bounds_without(seed: int) -> None:
    network = pruned(drawn(seed), seed) if seed % 2 else drawn(seed)
    lanes = drawn_lanes(network, seed)
    images = np.random.default_rng(seed).random((3, *network.by_name["input"].shape)).astype(np.float32)
    recorded = simulate(network, images, record=("rasters",))
    circuit = Circuit(network, lanes, Path())
    works = pipeline(circuit, rasters_of_activity(circuit, recorded)).works
    counted, guessed = Estimator(network, recorded), Estimator(network, replace(recorded, rasters={}))
    for population in circuit.inner:
        exact = works[population.name].passes.sum(axis=-1)
        for number, (known, open_) in enumerate(
            zip(*(e.flows[population.name] for e in (counted, guessed)), strict=True)
        ):
            rows = stored(network, known.projection, lanes[population.name])
            assert pass_cycles(network, known, rows).value == pytest.approx(exact[number])
            found = pass_cycles(network, open_, rows)
            assert found.low - 1e-6 <= exact[number] <= found.high + 1e-6


def test_where_pruning_left_the_weights_that_spikes_meet_the_estimate_follows_the_measured_additions() -> None:
    """Of 16 inputs two have all their 8 weights, and all spikes come from them: 8 passes each at one lane, as if dense."""
    weights = np.zeros((8, 16), np.int8)
    weights[:, :2] = 1
    kept = sparse(weights.shape, np.flatnonzero(weights), weights[weights != 0])
    populations = (Population("in", (16,), Source()), Population("out", (8,), Integrator(), 0, 0, 9))
    network = Network(populations, (Projection("in", "out", Linear(kept)),), "in", "out", RateCode(3), numbers="fixed")
    assert cycles(network, {"in": 5}, 0) == Interval(40, 40, 40)
