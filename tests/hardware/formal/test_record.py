"""What a proof says of itself."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware.formal.record import Proof, Proved


@pytest.mark.parametrize(("depth", "reach"), [(0, 5), (6, 5)])
def test_a_depth_beyond_the_reach_is_refused(depth: int, reach: int) -> None:
    with pytest.raises(InvalidInput, match="expected a depth from 1"):
        Proof("a", "sw_fifo", "law", {}, depth, reach)


def test_a_row_is_json() -> None:
    row = Proved("a", "sw_fifo", "law", {"WIDTH": 2}, 3, "proved", "", "Yosys", "0" * 64).row()
    assert row["parameters"] == {"WIDTH": 2} and row["status"] == "proved" and row["depth"] == 3
