"""What the simulator found: when everything was sent and answered, what each layer did, and how full each queue was."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright import Table
from spikewright.markup import digits

Cycles = NDArray[np.int64]


@dataclass(frozen=True)
class LayerBehaviour:
    """The cycles of a layer, all samples together, by what it did in each; they add up to those of the whole run.

    `begin`: the first words were written. `passes`: a row of weights was added. `wait`: for an event or a token, or one was
    taken. `sweep`: a block was swept. `stall`: a sweep waited until blocks that had fired were sent on. `settle`: the last
    words of a sweep were written. `sent`: words that it sent; `blocked`: cycles in which a word could not be sent, since a
    queue behind it was full.
    """

    name: str
    begin: int
    passes: int
    wait: int
    sweep: int
    stall: int
    settle: int
    sent: int
    blocked: int

    @property
    def cycles(self) -> int:
        """All of them."""
        return self.begin + self.passes + self.wait + self.sweep + self.stall + self.settle

    @property
    def utilisation(self) -> float:
        """The share of cycles in which potentials were worked on: passes and sweeps."""
        return (self.begin + self.passes + self.sweep) / self.cycles if self.cycles else 0.0


@dataclass(frozen=True)
class QueueBehaviour:
    """The queue of a projection: the words that it holds, the `most` that waited, the cycles in which it was `full` and made
    its source wait, and those in which the passes of other projections were done `first`."""

    projection: str
    depth: int
    most: int
    full: int
    first: int


@dataclass(frozen=True, eq=False, repr=False)
class Behaviour:
    """A run of a circuit. Cycle 0 is the first after the reset; the first word of the input is offered in it.

    `sent[population]`: the cycle in which each of its words was sent, events and a token behind each step, sample after
    sample; -1 for those that an early decision made needless. `entered (samples,)`: the cycle in which the first word of a
    sample was taken; `over (samples,)`: the one in which its class was found, in front of the words of the answer.
    `answer_cycles`: those in which a block of the output's potentials came out. `cycles`: how many there were until nothing
    moved any more.
    """

    sent: Mapping[str, Cycles]
    entered: Cycles
    over: Cycles
    answer_cycles: Cycles
    layers: tuple[LayerBehaviour, ...]
    queues: tuple[QueueBehaviour, ...]
    cycles: int

    def __repr__(self) -> str:
        busiest = max(self.layers, key=lambda one: one.utilisation)
        return (
            f"Behaviour({len(self.over):,} samples in {self.cycles:,} cycles, an answer each {digits(self.interval)};"
            f" {busiest.name!r} works in {busiest.utilisation:.0%} of them)"
        )

    @property
    def latency(self) -> Cycles:
        """For each sample the cycles from its first word until its class is found, both included."""
        found: Cycles = self.over - self.entered + 1
        return found

    @property
    def interval(self) -> float:
        """Mean cycles between two answers when samples follow each other; of a single sample all cycles until its answer."""
        if len(self.over) == 1:
            return float(self.over[0] + 1)
        return float(self.over[-1] - self.over[0]) / (len(self.over) - 1)

    @property
    def table(self) -> Table:
        """A row for each layer: its cycles by what it did, and its utilisation."""
        return Table.of(
            {
                "layer": one.name,
                "pass_cycles": one.passes,
                "sweep_cycles": one.begin + one.sweep,
                "wait_cycles": one.wait,
                "stall_cycles": one.stall,
                "settle_cycles": one.settle,
                "words_sent": one.sent,
                "blocked_cycles": one.blocked,
                "utilisation": one.utilisation,
            }
            for one in self.layers
        )

    @property
    def queue_table(self) -> Table:
        """A row for each queue: how deep it is, how full it was, and how long it made its source wait."""
        return Table.of(
            {
                "projection": one.projection,
                "depth": one.depth,
                "most_words": one.most,
                "full_cycles": one.full,
                "others_first_cycles": one.first,
            }
            for one in self.queues
        )
