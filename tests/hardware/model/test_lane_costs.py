"""What a neuron does beside adding up, against its circuit."""

from dataclasses import replace

import pytest

from spikewright.hardware.model.lane_costs import LaneCost
from spikewright.snn import IF, Burst, Direct, LatchedIF, Ramp, RateCode, SignedIF, TtfsCode
from tests.hardware.small_networks import perceptron


def hidden(neuron, code=None):
    network = perceptron((6, 4, 3))
    populations = tuple(replace(p, neuron=neuron) if p.name == "h0" else p for p in network.populations)
    network = replace(network, populations=populations, code=code or network.code)
    return network, network.by_name["h0"]


@pytest.mark.parametrize(
    ("neuron", "code", "cost"),
    [
        (IF(9), None, (0, 0, 1)),
        (IF(9, refractory=3), None, (0, 2 + 8, 2)),  # the steps that are left, and V
        (IF(9, "zero", refractory=3), None, (0, 2, 2)),
        (SignedIF(9, 3), None, (0, 2, 2)),  # the count of what is out
        (LatchedIF(9), None, (1, 9, 2)),  # V, and whether the spike is out
        (Burst(9, 5), None, (3, 0, 3)),  # a division by three subtractions
        (Ramp(32, 8), TtfsCode(8), (1, 0, 1)),  # a slot of 4: a shift
        (Ramp(24, 8), TtfsCode(8), (5, 0, 4)),  # a slot of 3: a division of four bits, and a cycle before it
    ],
)
def test_costs_by_hand(neuron, code, cost) -> None:
    found = LaneCost.of(*hidden(neuron, code))
    assert (found.late, found.memo_bits, found.additions) == cost


def test_an_input_in_numbers_changes_nothing() -> None:
    assert LaneCost.of(*hidden(IF(9), Direct(4, 15))) == LaneCost.of(*hidden(IF(9), RateCode(4)))
