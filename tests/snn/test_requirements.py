"""What a function asks of a network before it starts."""

from dataclasses import replace

import pytest

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.requirements import check_network, check_one_phase, check_steps_free
from spikewright.snn.running import Run, TwoPhase
from tests.snn.every_record import network


def test_a_network_it_is() -> None:
    check_network(network())
    with pytest.raises(InvalidInput, match="expected a Network, got dict; try convert"):
        check_network({})


def test_one_phase() -> None:
    check_one_phase(network(), "this")
    with pytest.raises(InvalidNetwork, match="one phase for this, got one that srp runs for 4 pre-steps"):
        check_one_phase(replace(network(), run=Run(phases=TwoPhase("srp", 4))), "this")


def test_steps_that_must_stay() -> None:
    made = replace(network(), run=Run(fixed="thresholds of five steps"))
    check_steps_free(made, made.steps)
    check_steps_free(network(), 99)
    with pytest.raises(InvalidInput, match="thresholds of five steps; got 99; try to convert again"):
        check_steps_free(made, 99)
