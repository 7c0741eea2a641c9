"""Which read-out a network gets, and how wide its answers are."""

from dataclasses import replace
from pathlib import Path

import pytest

from spikewright import snn
from spikewright.hardware.circuit.readouts import answer_bits, logit_bits, readout, stops_early, tallied
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from tests.hardware.small_networks import perceptron


def circuit(**changes: object) -> Circuit:
    """Of three layers whose output fires in ten steps."""
    network = perceptron((6, 5, 3))
    populations = (*network.populations[:2], replace(network.populations[2], neuron=snn.IF(9)))
    changed = replace(network, populations=populations, **changes)  # type: ignore[arg-type]
    return Circuit(changed, {"h0": PhysicalLanes(), "out": PhysicalLanes()}, Path())


@pytest.mark.parametrize(
    ("kind", "module", "logit", "answer"),
    [("count", "sw_tally", 5, 5), ("first", "sw_tally", 5, 5), ("potential", "sw_levels", 8, 8)],
)
def test_a_word_of_an_answer_holds_every_part(kind: str, module: str, logit: int, answer: int) -> None:
    one = circuit(readout=kind)
    assert (logit_bits(one), answer_bits(one), tallied(one)) == (logit, answer, module == "sw_tally")
    assert f"{module} #" in readout(one)


@pytest.mark.parametrize(
    ("decision", "early", "rule"),
    [
        (None, False, ".RULE(0), .HEIGHT(1)"),
        (snn.Quiescence(), False, ".RULE(0), .HEIGHT(1)"),
        (snn.TerminateDelta(2.5), True, ".RULE(1), .HEIGHT(3)"),
        (snn.TerminateMax(1), True, ".RULE(2), .HEIGHT(1)"),
        (snn.TerminateMax(1e30), True, ".RULE(2), .HEIGHT(32)"),
    ],
)
def test_heights_are_whole_numbers_that_fit(decision: snn.Decision | None, early: bool, rule: str) -> None:
    one = circuit(readout="count", decision=decision)
    assert stops_early(one) == early
    assert rule in readout(one)
