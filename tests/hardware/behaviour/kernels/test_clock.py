"""The clock: it ends when nothing moves, or at its limit."""

from pathlib import Path

import numpy as np

from spikewright.hardware.behaviour.kernels.clock import run
from spikewright.hardware.behaviour.kernels.records import CoreState
from spikewright.hardware.behaviour.planning import begun
from spikewright.hardware.behaviour.sent_words import words_of_all
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from tests.hardware.small_networks import perceptron


def quiet_core(blocks: int) -> CoreState:
    """A layer of so many blocks to which three empty steps are sent."""
    circuit = Circuit(perceptron((6, blocks), steps=3), {"out": PhysicalLanes()}, Path())
    return begun(circuit, words_of_all(circuit, {"in": np.zeros((3, 1, 6), np.int64)}), np.array([3]))


def test_it_ends_when_nothing_moves_any_more() -> None:
    # Begin and settle, then three times two cycles for the token, a sweep, and five to settle; behind the last sweep its last
    # block comes out in four cycles, and N neurons are looked through and their answer sent in 2 N + 6.
    for blocks in (1, 4, 1000):
        assert run(quiet_core(blocks), 10**6) == blocks + 5 + 3 * (2 + blocks + 5) - 5 + 4 + 2 * blocks + 6


def test_a_limit_is_told() -> None:
    assert run(quiet_core(4), 20) == -1
