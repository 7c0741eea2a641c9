"""The look-up tables of a top level."""

import pytest

from spikewright.hardware.area.elaboration.glue import Glue


@pytest.mark.parametrize(
    ("text", "joined", "forked"),
    [
        ("wire [7:0] taps1;\nassign taps1 = t0_taps;", 0, 0),
        ("wire [7:0] taps1;\nassign taps1 = t0_taps | t1_taps;", 8, 0),
        ("wire taps1;\nassign taps1 = t0_taps | t1_taps;", 1, 0),
        ("wire [7:0] taps1;\nassign taps1 = t0_taps | t1_taps | t2_taps | t3_taps;", 8, 0),
        ("wire [7:0] taps1;\nassign taps1 = t0_taps | t1_taps | t2_taps | t3_taps | t4_taps;", 16, 0),
        ("assign e0_ready = q0_ready;\nassign q0_valid = e0_valid;", 0, 0),
        ("assign e0_ready = q0_ready & q1_ready;\nassign q0_valid = e0_valid & q1_ready;", 0, 2),
        ("sw_begins b (.clk(clk), .moves(e0_valid && e0_ready), .token(e0_event[0]));", 0, 1),
        ("sw_x b (.token(e0_valid && e0_ready && e0_token));", 0, 1),
    ],
)
def test_a_table_takes_four_signals(text: str, joined: int, forked: int) -> None:
    assert Glue.of(text) == Glue(joined, forked)
    assert dict(Glue(joined, forked).parameters) == {"JOINED": joined, "FORKED": forked}
