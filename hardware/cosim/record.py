"""What a simulation of a circuit saw, whichever simulator ran it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.fronts import stored_rows
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.stages import held_events

MOST_CYCLES = 10_000_000
"""A simulation that has not ended by then is given up, unless it is told another limit."""
IDLE = 300
"""Cycles in which nothing moves that end a simulation whose last inference is done."""


def idle_cycles(circuit: Circuit) -> int:
    """IDLE, and with delays as long as the events in front of a layer can keep it busy: its last steps arrive nowhere."""
    projections = circuit.network.projections
    if not any(projection.delay for projection in projections):
        return IDLE
    return IDLE + sum(held_events(circuit, one) * int(stored_rows(circuit, one).passes.max()) for one in projections)


ANSWER, OVER = -1, -2
"""In the place of a population's number: words `{word, last}` of answers; the ends of inferences."""


@dataclass(frozen=True, eq=False)
class CircuitRun:
    """The events and potentials of a run, each with the cycle in which it was handed over; cycle 0 is the first after reset.

    `events`: for the number of each population that sends, and for ANSWER and OVER, rows `(cycle, word)` in their order; a word
    of a population is `{value, x, y, c, token}`. `answer_cycles (blocks,)` and `answers (blocks, bytes)`: the potentials of the
    output after the last step, where there may be an early decision after each step, a block after another, the lowest byte
    first. `cycles`: how long the simulation took. `swept`: where potentials were watched, for the number of each population that
    keeps them `(cycles (blocks,), words (blocks, bytes))` of the sweeps that end a step.
    """

    events: Mapping[int, NDArray[np.int64]]
    answer_cycles: NDArray[np.int64]
    answers: NDArray[np.uint8]
    cycles: int
    swept: Mapping[int, tuple[NDArray[np.int64], NDArray[np.uint8]]] = field(default_factory=dict)

    def fields(self, number: int, bits: tuple[int, int, int]) -> tuple[Any, ...]:
        """(token, c, y, x, value) of the events of population `number`, whose coordinates have so many bits."""
        words, low, found = self.events[number][:, 1], 1, [self.events[number][:, 1] & 1]
        for width in bits:
            found.append(words >> low & ((1 << width) - 1))
            low += width
        return (*found, words >> low)

    @property
    def stopped(self) -> NDArray[np.bool_]:
        """For each inference whether it was over before its last step."""
        return np.asarray(self.events[OVER][:, 1] == 1)
