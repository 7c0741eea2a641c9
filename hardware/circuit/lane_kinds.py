"""Which lane computes a neuron: a module of `hardware/rtl` and its parameters for each kind, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spikewright.hardware.circuit.record import Circuit
from spikewright.snn import IF, LIF, Integrator, Population, SignedIF, TernaryIF
from spikewright.snn.neurons import Neuron


@dataclass(frozen=True)
class LaneKind:
    """A lane whose law is the module `sw_lane_<kind>`; "none" never sends anything.

    `number`: bits of what a neuron sends in a step, two's complement where it may be negative. `memo`: bits that it keeps beside
    its potential, 0 at first. `late`: cycles that the law takes more than that of IF. `limit`: the most that it may send, 0: any.
    """

    kind: str
    number: int = 1
    memo: int = 0
    late: int = 0
    limit: int = 0

    @property
    def queue_bits(self) -> int:
        """log2 of the blocks that may wait to be sent: as many as a sweep at full speed has under way."""
        return max(3, (self.late + 5).bit_length())


def lane_kind(circuit: Circuit, population: Population) -> LaneKind:
    """The lanes of a population whose kind of neuron is in the table."""
    return LANE_KINDS[type(population.neuron)](circuit, population.neuron)


def _signed(circuit: Circuit, neuron: Any) -> LaneKind:
    most = circuit.network.steps if neuron.limit is None else min(neuron.limit, circuit.network.steps)
    return LaneKind("signed", number=2, memo=int(most).bit_length(), limit=0 if most == circuit.network.steps else most)


LANE_KINDS: Mapping[type[Neuron], Callable[[Circuit, Any], LaneKind]] = {
    IF: lambda _, neuron: LaneKind("if"),
    LIF: lambda _, neuron: LaneKind("if"),
    SignedIF: _signed,
    TernaryIF: lambda _, neuron: LaneKind("ternary", number=2),
    Integrator: lambda _, neuron: LaneKind("none"),
}
"""The neurons that there are lanes for."""
