"""The simulator by hand on one layer, its books, and what it refuses. That it equals the Verilog is in
tests/hardware/cosim."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.behaviour.simulating import behave, behaviour_of, rasters_of_activity
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.core.golden import run_golden
from spikewright.snn import TerminateMax, simulate
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.small_networks import perceptron


def images_for(circuit: Circuit, seed: int, samples: int = 3) -> np.ndarray:
    shape = circuit.network.by_name[circuit.network.input].shape
    return np.random.default_rng(seed).random((samples, *shape)).astype(np.float32)


def drawn_circuit(seed: int) -> Circuit:
    network = drawn(seed)
    queues = {projection.name: 2 ** (1 + seed % 4) for projection in network.projections}
    return Circuit(network, drawn_lanes(network, seed), Path(), queues=queues)


def test_one_layer_by_hand() -> None:
    """Four neurons on two lanes, three steps; five, none and two events.

    Begin 2 blocks and settle 5 cycles; a step takes two passes an event, two cycles from the last pass to the sweep, 2
    blocks, and 5 cycles to settle: 7 + (10 + 9) + 9 + (4 + 4) = 43 until the last block was issued, which is read four cycles
    later. Five cycles after that all four potentials have been looked through, and two later the class is known; 5 words of
    an answer follow.
    """
    network = perceptron((6, 4), steps=3)
    raster = np.zeros((3, 1, 6), np.int64)
    raster[0, 0, :5] = raster[2, 0, 3:5] = 1
    found = behave(Circuit(network, {"out": PhysicalLanes(2)}, Path()), {"in": raster})
    (layer,) = found.layers
    assert (layer.begin, layer.passes, layer.wait, layer.sweep, layer.stall, layer.settle) == (2, 14, 19, 6, 0, 20)
    assert found.answer_cycles.tolist() == [42 - 1 + 4, 42 + 4] and found.over.tolist() == [42 + 5 + 4 + 3]
    assert found.latency.tolist() == [42 + 5 + 4 + 3 + 1] and found.cycles == found.over[0] + 1 + 4 + 2


@pytest.mark.parametrize("seed", range(12))
def test_cycles_of_every_layer_add_up_and_all_is_sent_in_order(seed: int) -> None:
    circuit = drawn_circuit(seed)
    rasters, _ = run_golden(circuit.network, images_for(circuit, seed))
    found = behave(circuit, rasters)
    assert {layer.cycles for layer in found.layers} == {found.cycles}
    assert all(np.all(np.diff(cycles) > 0) for cycles in found.sent.values())
    assert np.all(np.diff(found.answer_cycles) > 0) and np.all(found.latency > 0)
    assert all(queue.most <= queue.depth for queue in found.queues)
    assert [layer.sent for layer in found.layers] == [len(found.sent[layer.name]) for layer in found.layers]


@pytest.mark.parametrize("seed", range(6))
def test_an_activity_gives_the_rasters_of_golden_traces(seed: int) -> None:
    circuit = drawn_circuit(seed)
    images = images_for(circuit, seed)
    activity = simulate(circuit.network, images, record=("rasters",))
    rasters, _ = run_golden(circuit.network, images)
    for name, raster in rasters_of_activity(circuit, activity).items():
        np.testing.assert_array_equal(raster, rasters[name])
    with pytest.raises(InvalidInput, match="record="):
        rasters_of_activity(circuit, replace(activity, rasters={}))


def test_rasters_of_another_network_and_an_end_too_late_are_told() -> None:
    circuit = drawn_circuit(0)
    rasters, _ = run_golden(circuit.network, images_for(circuit, 0))
    with pytest.raises(InvalidInput, match="expected a raster of shape"):
        behave(circuit, {name: raster[:, :, :1] for name, raster in rasters.items()})
    with pytest.raises(InvalidInput, match="expected a raster of shape"):
        behave(circuit, {name: raster[:, :0] for name, raster in rasters.items()})
    with pytest.raises(SpikewrightError, match="within 20 cycles"):
        behave(circuit, rasters, most=20)


def test_early_decisions_are_whole_steps_of_the_network() -> None:
    network = replace(perceptron((6, 4), steps=3), decision=TerminateMax(1.0))
    circuit = Circuit(network, {"out": PhysicalLanes(2)}, Path(), queues={network.projections[0].name: 2})
    raster = np.ones((3, 2, 6), np.int64)
    late, early = (behave(circuit, {"in": raster}, np.array(steps)) for steps in ((3, 3), (1, 3)))
    assert early.over[0] < late.over[0] and np.count_nonzero(early.sent["in"] < 0) > 0
    with pytest.raises(InvalidInput, match="numbers of steps from 1 to 3"):
        behave(circuit, {"in": raster}, np.array([0, 3]))


def test_a_network_its_lanes_and_an_activity_are_enough() -> None:
    circuit = drawn_circuit(5)
    network, images = circuit.network, images_for(circuit, 5)
    activity = simulate(network, images, record=("rasters",))
    found = behaviour_of(network, circuit.lanes, activity, circuit.queues)
    rasters, _ = run_golden(network, images)
    assert found.cycles == behave(circuit, rasters).cycles
    cut = replace(activity, decision_step=np.minimum(activity.decision_step, 1))
    hasty = replace(perceptron((6, 4), steps=3), decision=TerminateMax(1.0))
    with pytest.raises(InvalidInput, match="decision=None"):
        behaviour_of(hasty, {"out": PhysicalLanes()}, cut)
