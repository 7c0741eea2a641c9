"""Widths of what moves in a circuit."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.small_networks import perceptron


def test_events_of_a_perceptron() -> None:
    circuit = Circuit(perceptron((6, 5, 3)), {"h0": PhysicalLanes(2), "out": PhysicalLanes(1)}, Path())
    assert circuit.coordinate_bits("in") == (3, 1, 1) and circuit.event_bits("in") == 1 + 5 + 1
    assert [p.name for p in circuit.inner] == ["h0", "out"] and circuit.numbers["in"] == 0


@pytest.mark.parametrize("seed", range(20))
def test_numbers_that_are_sent_once_have_room_for_all_steps(seed: int) -> None:
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), Path())
    most = 15 * (network.steps if circuit.layerwise else 1)
    assert circuit.value_bits("input") == (most.bit_length() if circuit.once("input") else 1)
