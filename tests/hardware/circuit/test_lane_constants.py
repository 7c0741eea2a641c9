"""As few rows of constants as the neurons differ."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.lane_constants import LaneConstants
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes


def constants(bias: Any, threshold: Any, lanes: PhysicalLanes) -> LaneConstants:
    populations = (
        snn.Population("a", (1, 4, 4), snn.Source()),
        snn.Population("b", (3, 4, 4), snn.IF(threshold), bias, 0, 9),
    )
    synapse = snn.Conv2d(np.ones((3, 1, 1, 1), np.int8))
    network = snn.Network(
        populations, (snn.Projection("a", "b", synapse),), "a", "b", snn.RateCode(2), readout="count", numbers="fixed"
    )
    return LaneConstants.of(Circuit(network, {"b": lanes}, Path()), populations[1])


EVERY = np.arange(48).reshape(3, 4, 4)
CASES = [(1, 5, 1), (np.arange(3), 5, 3), (1, np.array([4, 5, 6]), 3), (EVERY, 5, 48)]


@pytest.mark.parametrize(("bias", "threshold", "rows"), CASES)
def test_rows_of_one_lane(bias: Any, threshold: Any, rows: int) -> None:
    assert len(constants(bias, threshold, PhysicalLanes()).rows) == rows


def test_channels_beside_each_other_share_a_row() -> None:
    found = constants(np.arange(3), 5, PhysicalLanes(3, 2, 2))
    assert found.rows.shape == (1, 12, 3)
    assert found.rows[0, :, 1].tolist() == [0, 1, 2] * 4


def test_words_hold_initial_potential_drive_and_threshold_of_each_lane() -> None:
    found = constants(np.array([1, -1, 2]), 5, PhysicalLanes(3))
    bits = found.threshold_bits + found.drive_bits + found.potential_bits
    word = int(next(found.words()), 16)
    drives = [(word >> (lane * bits + found.potential_bits)) % 2**found.drive_bits for lane in range(3)]
    assert drives == [1, 2**found.drive_bits - 1, 2]
