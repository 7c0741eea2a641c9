"""Which lane computes a neuron: a module of `hardware/rtl` and its parameters for each kind, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spikewright.hardware.circuit.record import Circuit
from spikewright.snn import IF, LIF, Burst, Integrator, Population, Ramp, SignedIF, TernaryIF
from spikewright.snn.neurons import Neuron


@dataclass(frozen=True)
class LaneKind:
    """A lane whose law is the module `sw_lane_<kind>`; "none" never sends anything.

    `number`: bits of what a neuron sends in a step, two's complement where it may be negative. `memo`: bits that it keeps beside
    its potential, 0 at first. `late`: cycles that the law takes more than that of IF. `limit`: the most that it may send, 0: any.
    `slot`: the charge of a slot of a Ramp.
    """

    kind: str
    number: int = 1
    memo: int = 0
    late: int = 0
    limit: int = 0
    slot: int = 1

    @property
    def queue_bits(self) -> int:
        """log2 of the blocks that may wait to be sent: as many as a sweep at full speed has under way."""
        return max(3, (self.late + 5).bit_length())

    @property
    def slot_shift(self) -> int:
        """log2 of the slot, -1 where that is not whole."""
        return self.slot.bit_length() - 1 if self.slot & (self.slot - 1) == 0 else -1


def lane_kind(circuit: Circuit, population: Population) -> LaneKind:
    """The lanes of a population whose kind of neuron is in the table."""
    return LANE_KINDS[type(population.neuron)](circuit, population.neuron)


def _signed(circuit: Circuit, neuron: Any) -> LaneKind:
    most = circuit.network.steps if neuron.limit is None else min(neuron.limit, circuit.network.steps)
    return LaneKind("signed", number=2, memo=int(most).bit_length(), limit=0 if most == circuit.network.steps else most)


def _burst(circuit: Circuit, neuron: Any) -> LaneKind:
    """Division by the threshold, a bit of the number a cycle, so that each block takes one cycle still."""
    bits = int(neuron.limit).bit_length()
    return LaneKind("burst", number=bits, late=bits, limit=neuron.limit)


def _ramp(circuit: Circuit, neuron: Any) -> LaneKind:
    """Division by the slot: a shift where that is a power of two."""
    bits, slot = int(neuron.levels).bit_length(), int(neuron.window) // neuron.levels
    return LaneKind("ramp", number=bits, late=1 if slot & (slot - 1) == 0 else 1 + bits, limit=neuron.levels, slot=slot)


LANE_KINDS: Mapping[type[Neuron], Callable[[Circuit, Any], LaneKind]] = {
    IF: lambda _, neuron: LaneKind("if"),
    LIF: lambda _, neuron: LaneKind("if"),
    SignedIF: _signed,
    TernaryIF: lambda _, neuron: LaneKind("ternary", number=2),
    Burst: _burst,
    Ramp: _ramp,
    Integrator: lambda _, neuron: LaneKind("none"),
}
"""The neurons that there are lanes for."""
