"""Queues, delays and orders in front of a projection."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.stages import beginning, delay_depth, front_map, last_stage, queue, staged
from spikewright.index_maps import IndexMap
from tests.hardware.small_networks import perceptron


def circuit_of(network: snn.Network, folder: Path) -> Circuit:
    return Circuit(network, {population.name: PhysicalLanes() for population in network.order[1:]}, folder)


@pytest.mark.parametrize(("delay", "depth"), [(1, 7), (2, 14), (3, 14), (4, 7), (5, 2), (9, 2)])
def test_a_delay_holds_the_steps_that_still_arrive(delay: int, depth: int, tmp_path: Path) -> None:
    """Six neurons and a token a step, five steps."""
    network = perceptron((6, 5, 3), steps=5)
    late = replace(network.projections[0], delay=delay)
    circuit = circuit_of(replace(network, projections=(late, *network.projections[1:])), tmp_path)
    assert delay_depth(circuit, late) == depth
    assert f".DELAY({min(delay, 5)})" in queue(circuit, 0, late) and "sw_begins" in beginning(circuit)
    assert staged(late) and not staged(network.projections[1])


def test_without_delays_nothing_tells_when_an_inference_begins(tmp_path: Path) -> None:
    circuit = circuit_of(perceptron((6, 5, 3)), tmp_path)
    assert beginning(circuit) == "" and "sw_fifo" in queue(circuit, 0, circuit.network.projections[0])


def test_a_front_sees_the_map_that_is_read(tmp_path: Path) -> None:
    populations = (
        snn.Population("a", (2, 3, 3), snn.Source()),
        snn.Population("b", (1, 2, 2), snn.IF(3), 0, 0, 8),
    )
    order = IndexMap.of((2, 3, 3), np.array([[[0, 4], [-1, 17]]]))
    projection = snn.Projection("a", "b", snn.Identity(1), order=order)
    network = snn.Network(populations, (projection,), "a", "b", snn.RateCode(1), readout="count", numbers="fixed")
    circuit = circuit_of(network, tmp_path)
    assert front_map(circuit, projection) == (1, 2, 2) and last_stage(circuit, projection) == "o"
    plain = replace(projection, order=None)
    assert front_map(circuit, plain) == (2, 3, 3) and last_stage(circuit, plain) == "f"
