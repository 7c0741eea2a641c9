"""The closed form beside the simulator, which equals the Verilog: exact where nothing stalls, and bounds that hold
everywhere."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware.behaviour.cycle_law import Pipeline, pipeline
from spikewright.hardware.behaviour.layer_work import LayerWork
from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.core.golden import run_golden
from tests.hardware.behaviour.test_simulating import images_for
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.drawn_kinds import gated
from tests.hardware.small_networks import perceptron


def drawn_pipeline(seed: int, depth: int) -> tuple[Pipeline, int]:
    """The law of a drawn circuit for one image, and the cycles that the simulator takes."""
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), Path(), queues={q.name: depth for q in network.projections})
    rasters, _ = run_golden(network, images_for(circuit, seed, 1))
    return pipeline(circuit, rasters), int(behave(circuit, rasters).latency[0])


@pytest.mark.parametrize("depth", [2, 64])
@pytest.mark.parametrize("seed", range(16))
def test_the_latency_lies_between_both_bounds(seed: int, depth: int) -> None:
    law, measured = drawn_pipeline(seed, depth)
    assert law.soonest <= measured <= law.latest


@pytest.mark.parametrize("seed", range(8))
def test_so_does_that_of_max_pooling(seed: int) -> None:
    network = gated(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), Path())
    rasters, _ = run_golden(network, images_for(circuit, seed, 1))
    law, found = pipeline(circuit, rasters), behave(circuit, rasters)
    assert law.soonest <= found.latency[0] <= law.latest
    for population, layer in zip(circuit.inner, found.layers, strict=True):
        assert layer.passes == law.works[population.name].passes.sum()


def test_most_drawn_circuits_with_room_in_their_queues_are_exact() -> None:
    found = [drawn_pipeline(seed, 64) for seed in range(24)]
    errors = [1 - float(law.soonest) / measured for law, measured in found]
    assert np.median(errors) == 0.0 and max(errors) < 0.2


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("channels", [1, 3, 10])
def test_one_layer_is_exact(steps: int, channels: int) -> None:
    """It has its events at hand, and nobody behind it: begin, a round for each step, and the answer."""
    network = perceptron((12, 10), steps=steps)
    circuit = Circuit(network, {"out": PhysicalLanes(channels)}, Path())
    rasters, _ = run_golden(network, images_for(circuit, steps, 1))
    law, found = pipeline(circuit, rasters), behave(circuit, rasters)
    (layer,) = circuit.inner
    answer = 5 + 10 + 3 - law.works["out"].settles
    assert law.soonest == found.latency[0] == law.begin_cycles(layer) + law.working_cycles(layer) + answer


@pytest.mark.parametrize("seed", range(8))
def test_answers_never_follow_each_other_sooner_than_the_busiest_layer_works(seed: int) -> None:
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), Path())
    image = images_for(circuit, seed, 1)
    rasters, _ = run_golden(network, np.concatenate([image] * 12))
    law, found = pipeline(circuit, rasters), behave(circuit, rasters)
    assert np.diff(found.over)[-6:].mean() >= law.interval - 1e-9
    for population, layer in zip(circuit.inner, found.layers, strict=True):
        spent = layer.passes + layer.wait + layer.sweep + layer.settle - law.works[population.name].settles
        assert spent >= 12 * law.working_cycles(population) - 1e-6


def test_many_choices_of_lanes_are_worked_out_at_once() -> None:
    network = drawn(1)
    choices = [drawn_lanes(network, seed) for seed in range(6)]
    made = [Circuit(network, lanes, Path()) for lanes in choices]
    rasters, _ = run_golden(network, images_for(made[0], 1, 1))
    single = [pipeline(circuit, rasters) for circuit in made]
    works = {name: LayerWork.stacked([one.works[name] for one in single]) for name in single[0].works}
    for what in ("soonest", "latest", "interval"):
        together = getattr(replace(single[0], works=works), what)
        np.testing.assert_allclose(together, [float(getattr(one, what)) for one in single])
