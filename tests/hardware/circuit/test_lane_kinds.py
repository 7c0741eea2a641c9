"""Each kind of neuron has its lane."""

from pathlib import Path
from typing import Any

import pytest

from spikewright import snn
from spikewright.hardware.circuit.lane_kinds import LANE_KINDS, LaneKind, lane_kind
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim.icarus import modules
from tests.hardware.small_networks import perceptron


def kind_of(neuron: Any, steps: int = 6) -> LaneKind:
    populations = (snn.Population("a", (2,), snn.Source()), snn.Population("b", (2,), neuron, 0, 0, 9))
    synapse = snn.Projection("a", "b", snn.Linear([[1, 1], [1, 1]]))
    code = snn.RateCode(steps)
    network = snn.Network(populations, (synapse,), "a", "b", code, readout="count", numbers="fixed")
    return lane_kind(Circuit(network, {}, Path()), populations[1])


CASES = [
    (snn.IF(5), LaneKind("if", parameters={"RESET_ZERO": 0})),
    (snn.LIF(5, 0.5, "zero"), LaneKind("if", parameters={"RESET_ZERO": 1})),
    (snn.IF(5, refractory=2), LaneKind("deaf", memo=2 + 9, parameters={"RESET_ZERO": 0, "DEAF": 2})),
    (snn.IF(5, "zero", 100), LaneKind("deaf", memo=3, parameters={"RESET_ZERO": 1, "DEAF": 6})),
    (snn.LatchedIF(5), LaneKind("latched", memo=10, late=1)),
    (snn.SignedIF(5), LaneKind("signed", number=2, memo=3, parameters={"LIMIT": 0})),
    (snn.SignedIF(5, limit=3), LaneKind("signed", number=2, memo=2, parameters={"LIMIT": 3})),
    (snn.SignedIF(5, limit=6), LaneKind("signed", number=2, memo=3, parameters={"LIMIT": 0})),
    (snn.TernaryIF(5, 3), LaneKind("ternary", number=2)),
    (snn.Burst(5, 4), LaneKind("burst", number=3, late=3, parameters={"LIMIT": 4})),
]


@pytest.mark.parametrize(("neuron", "kind"), CASES)
def test_kinds_and_their_widths(neuron: Any, kind: LaneKind) -> None:
    """A count of spikes never goes beyond the steps; a limit that they cannot reach is none."""
    assert kind_of(neuron) == kind


@pytest.mark.parametrize(("window", "late", "shift"), [(5 * 8, 1, 3), (5 * 1, 1, 0), (5 * 6, 1 + 3, -1)])
def test_a_ramp_shifts_or_divides(window: int, late: int, shift: int) -> None:
    circuit = Circuit(perceptron((6, 5, 3)), {}, Path())
    kind = lane_kind(circuit, snn.Population("a", (2,), snn.Ramp(window, 5), 0, 0, 9))
    parameters = {"LIMIT": 5, "SLOT": window // 5, "SLOT_SHIFT": shift}
    assert kind == LaneKind("ramp", number=3, late=late, parameters=parameters)


def test_every_kind_is_a_module() -> None:
    names = {path.stem for path in modules()}
    assert {f"sw_lane_{kind_of(neuron).kind}" for neuron, _ in CASES} <= names
    assert snn.QuantReLU not in LANE_KINDS


@pytest.mark.parametrize(("late", "bits"), [(0, 3), (2, 3), (3, 4), (10, 4), (11, 5)])
def test_a_sweep_never_waits_for_its_own_pipeline(late: int, bits: int) -> None:
    """A block comes out of the queue six cycles and `late` after it was issued: so many are under way at most."""
    assert LaneKind("if", late=late).queue_bits == bits and 2**bits >= late + 6
