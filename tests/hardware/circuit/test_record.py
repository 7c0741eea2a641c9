"""Widths of what moves in a circuit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.record import PLAIN, SIGN, UNSIGNED, Circuit
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


FORMS = [
    (snn.RateCode(4), snn.IF(5), (PLAIN, 1, [1])),
    (snn.RateCode(4), snn.SignedIF(5), (SIGN, 1, [1, -1])),
    (snn.Bursts(4, 5), snn.IF(5), (PLAIN, 1, [1])),
]


@pytest.mark.parametrize(("code", "neuron", "form"), FORMS)
def test_what_events_say(code: Any, neuron: Any, form: tuple[int, int, list[int]]) -> None:
    """A bit that is always one, a sign, or a number as wide as the largest."""
    populations = (snn.Population("a", (2,), snn.Source()), snn.Population("b", (2,), neuron, 0, 0, 9))
    synapse = snn.Projection("a", "b", snn.Linear([[1, 1], [1, 1]]))
    network = snn.Network(populations, (synapse,), "a", "b", code, readout="count", numbers="fixed")
    circuit = Circuit(network, {}, Path())
    known, bits, numbers = form
    assert circuit.value_form("b") == known and circuit.value_bits("b") == bits
    assert circuit.said("b", np.arange(2)[-len(numbers) :]).tolist() == numbers
    if code.most > 1:
        assert circuit.value_form("a") == UNSIGNED and circuit.value_bits("a") == 3
        assert circuit.said("a", np.arange(6)).tolist() == list(range(6))
