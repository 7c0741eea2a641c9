"""The circuit of a winner-take-all network: its memories, and lanes that fit."""

from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware.circuit.winners import build_winners
from spikewright.snn.learning.fixed import FixedWinners


def network() -> FixedWinners:
    """Three inputs, five neurons."""
    weights = np.arange(15).reshape(3, 5)
    return FixedWinners(weights, np.arange(1, 6), 4, 10, 10, 2, 7, 8)


def test_rows_hold_the_weights_of_an_input_by_lane(tmp_path: Path) -> None:
    circuit = build_winners(network(), 2, tmp_path / "circuit")
    rows = [int(row, 16) for row in (circuit.folder / "winners_w.mem").read_text().split()]
    assert (circuit.groups, circuit.input_bits, circuit.answer_bits) == (3, 2, 4)
    assert [[row & 15, row >> 4] for row in rows[4:8]] == [[5, 6], [7, 8], [9, 0], [0, 0]]
    assert (circuit.folder / "winners_t.mem").read_text().split() == ["21", "43", "15"]


@pytest.mark.parametrize("lanes", [0, 6])
def test_lanes_that_do_not_fit_are_refused(lanes: int, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=f"expected 1 to 5 lanes, got {lanes}"):
        build_winners(network(), lanes, tmp_path / "circuit")
