"""The memories of a design: as its circuit has them, on its device."""

from dataclasses import replace

import pytest

from spikewright import InvalidInput
from spikewright.hardware import DEVICES, design, time_multiplexed
from spikewright.hardware.placing import place
from tests.hardware.small_networks import perceptron


def test_a_design_by_hand() -> None:
    network = perceptron((100, 64, 10), steps=4)
    found = place(network, design(network, {"h0": 4}, device="xc7a35t"))
    (rows,) = (one for one in found.memories if one.name == "synapse0.rows")
    (banks,) = (one for one in found.of("h0") if one.role == "potentials")
    # 100 inputs x 16 groups of 4 lanes of 8 bits; 16 blocks of 4 words of accumulator_bits + 1.
    assert (rows.words, rows.bits, rows.style, rows.blocks(found.device)) == (1600, 32, "blocks", 4)
    assert (banks.words, banks.count, banks.style) == (16, 1, "tables")
    assert found.blocks == sum(one.blocks(found.device) for one in found.memories)


def test_more_lanes_hold_the_same_weights() -> None:
    network = perceptron((100, 64, 10), steps=4)
    few, many = (place(network, design(network, {"h0": lanes})) for lanes in (1, 16))
    assert [sum(one.total_bits for one in found.memories if one.role == "weights") for found in (few, many)] == [
        8 * (6400 + 640)
    ] * 2


def test_a_point_of_another_network_is_refused() -> None:
    network = perceptron((12, 6, 3))
    with pytest.raises(InvalidInput, match="one layer for each"):
        place(network, time_multiplexed(perceptron((12, 6, 5, 3))))


def test_a_device_of_ones_own() -> None:
    network = perceptron((12, 6, 3))
    mine = replace(DEVICES["ecp5-25k"], name="mine", also=())
    assert place(network, time_multiplexed(network, device=mine)).device == mine
