"""Which lane computes a neuron: a module of `hardware/rtl` and its parameters for each kind, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spikewright.hardware.circuit.gates import EVERY_STEP, GateCounts
from spikewright.hardware.circuit.record import SIGN, Circuit
from spikewright.hardware.circuit.stepping import is_stepped
from spikewright.snn import (
    IF,
    LIF,
    Burst,
    FewSpikeIF,
    Integrator,
    LatchedIF,
    MaxGate,
    Population,
    Ramp,
    SignedIF,
    TernaryIF,
)
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.neurons import Neuron


@dataclass(frozen=True)
class LaneKind:
    """A lane whose law is the module `sw_lane_<kind>`; "none" never sends anything.

    `number`: bits of what a neuron sends in a step, two's complement where it may be negative. `memo`: bits that it keeps beside
    its potential, 0 at first. `late`: cycles that the law takes more than that of IF. `parameters`: those that the module alone
    has, by the names that `sw_lane` has for them.
    """

    kind: str
    number: int = 1
    memo: int = 0
    late: int = 0
    parameters: Mapping[str, int] = field(default_factory=dict)

    @property
    def queue_bits(self) -> int:
        """log2 of the blocks that may wait to be sent: as many as a sweep at full speed has under way."""
        return max(3, (self.late + 5).bit_length())


def lane_kind(circuit: Circuit, population: Population) -> LaneKind:
    """The lanes of a population whose kind of neuron is in the table."""
    return LANE_KINDS[type(population.neuron)](circuit, population)


def _integrate(circuit: Circuit, population: Population) -> LaneKind:
    """With refractory steps those that are left are kept, and V, unless it is zero then."""
    zero, deaf = population.neuron.reset == "zero", min(population.neuron.refractory, circuit.network.steps)
    parameters = {"RESET_ZERO": int(zero)}
    if is_stepped(circuit.network, population):
        return _stepped(circuit, population)
    if not deaf:
        return LaneKind("if", parameters=parameters)
    memo = deaf.bit_length() + (0 if zero else population.width)
    return LaneKind("deaf", memo=memo, parameters=parameters | {"DEAF": deaf})


def _stepped(circuit: Circuit, population: Population) -> LaneKind:
    """Each step has a threshold and what a spike takes off; V may then be wider than U."""
    parameters = {"RESET_ZERO": int(population.neuron.reset == "zero"), "SATURATED": population.width}
    return LaneKind("stepped", late=1, parameters=parameters)


def _signed(circuit: Circuit, population: Population) -> LaneKind:
    """The count of its spikes is kept; a limit that steps cannot reach is none."""
    limit, steps = population.neuron.most_in_run, circuit.network.steps
    most = steps if limit is None else min(limit, steps)
    return LaneKind("signed", 2, memo=most.bit_length(), parameters={"LIMIT": most if most < steps else 0})


def _burst(circuit: Circuit, population: Population) -> LaneKind:
    """Division by the threshold, a bit of the number a cycle, so that each block takes one cycle still."""
    limit = population.neuron.most
    return LaneKind("burst", limit.bit_length(), late=limit.bit_length(), parameters={"LIMIT": limit})


def _ramp(circuit: Circuit, population: Population) -> LaneKind:
    """Division by the charge of a slot: a shift where that is a power of two."""
    neuron: Any = population.neuron
    bits, slot = int(neuron.levels).bit_length(), int(neuron.window) // neuron.levels
    shift = slot.bit_length() - 1 if slot & (slot - 1) == 0 else -1
    parameters = {"LIMIT": neuron.levels, "SLOT": slot, "SLOT_SHIFT": shift}
    return LaneKind("ramp", bits, late=1 if shift >= 0 else 1 + bits, parameters=parameters)


def _gate(circuit: Circuit, population: Population) -> LaneKind:
    """The larger in place of the sum; of counts it keeps what has been sent, and layerwise sends no more than a source may."""
    counts, name = GateCounts.of(circuit.network, population), population.name
    number = 2 if circuit.value_form(name) == SIGN else circuit.value_bits(name)
    if not counts.counted:
        return LaneKind("gate", number)
    limit = largest_sent(circuit.network, population) if circuit.layerwise else 0
    parameters = {"LIMIT": limit, "OFFSET": counts.offset, "FRESH": int(counts.replay == EVERY_STEP)}
    return LaneKind("gate", number, memo=counts.most.bit_length() + 1, parameters=parameters)


LANE_KINDS: Mapping[type[Neuron], Callable[[Circuit, Population], LaneKind]] = {
    IF: _integrate,
    LIF: _integrate,
    SignedIF: _signed,
    TernaryIF: lambda *_: LaneKind("ternary", number=2),
    Burst: _burst,
    FewSpikeIF: _stepped,
    LatchedIF: lambda _, population: LaneKind("latched", memo=population.width + 1, late=1),
    Ramp: _ramp,
    MaxGate: _gate,
    Integrator: lambda *_: LaneKind("none"),
}
"""The neurons that there are lanes for."""
