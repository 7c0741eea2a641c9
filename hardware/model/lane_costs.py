"""What the neurons of a kind do beside adding up: cycles, bits that they keep beside V, and operations of a sweep."""

from dataclasses import dataclass
from pathlib import Path

from spikewright.hardware.circuit.lane_kinds import LaneKind, lane_kind
from spikewright.hardware.circuit.record import Circuit
from spikewright.snn import Network, Population

COMPARISONS = {"signed": 2, "ternary": 2, "deaf": 2, "latched": 2}
"""Additions of a sweep, comparisons among them, of kinds of lanes with another number than one."""


@dataclass(frozen=True)
class LaneCost:
    """Of each neuron of a population. `late`: cycles that its law takes more than that of IF. `memo_bits`: what it keeps from
    step to step beside its potential. `additions`: in a step, comparisons among them, in front of the reset."""

    late: int
    memo_bits: int
    additions: int

    @classmethod
    def of(cls, network: Network, population: Population) -> "LaneCost":
        """That of a population of a spike core. A burst and a ramp are long divisions, an addition for each bit of the number;
        a ramp whose slot is a power of two is one addition."""
        lane = lane_kind(Circuit(network, {}, Path()), population)
        return cls(lane.late, lane.memo, _additions(lane))


def _additions(lane: LaneKind) -> int:
    if lane.kind == "burst":
        return lane.number
    if lane.kind == "ramp":
        return lane.number if lane.parameters["SLOT_SHIFT"] < 0 else 1
    return COMPARISONS.get(lane.kind, 1)
