"""Flip-flops that are read off the Verilog are those of synthesis, module by module."""

import csv
from functools import cache
from importlib.resources import files

import pytest

from spikewright.hardware.area.features import registers
from spikewright.hardware.area.features.table import FEATURES
from tests.hardware.area.measured_modules import FAMILIES, parameters_of, told

COUNTED = (
    "sw_sequencer", "sw_decide", "sw_tally", "sw_counts", "sw_begins", "sw_gate", "sw_front", "sw_list_front", "sw_levels",
    "sw_step_delay", "sw_held", "sw_memo", "sw_fifo", "sw_mac_layer", "sw_mac_walk", "sw_mac_send", "sw_lane", "sw_lane_if",
)  # fmt: skip


@cache
def synthesised(family: str) -> list[tuple[str, int]]:
    text = (files("spikewright.hardware.area") / "calibration" / f"{family}.csv").read_text("utf-8")
    return [(row["module"], int(row["ff"])) for row in csv.DictReader(text.splitlines()) if " of " not in row["module"]]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("module", COUNTED)
def test_flip_flops_are_those_of_synthesis(family: str, module: str) -> None:
    off = []
    for key, ff in synthesised(family):
        if key.split(" ")[0] == module:
            found = FEATURES[module](told(family, **parameters_of(key)))
            assert [name for name in found if name.startswith("registers")] == ["registers"], module
            off.append(abs(found["registers"] - ff))
    assert off and sum(one > 0 for one in off) <= max(1, 0.05 * len(off)) and max(off) <= 3


def test_by_hand() -> None:
    assert (
        registers.begins(told("xc7", TOKENS=1, BITS=1)) == 1 and registers.begins(told("ecp5", TOKENS=1, BITS=1)) == 2
    )
    queue = {"STEPS": 4, "STEP_BITS": 3, "BITS": 3, "WIDTH": 5}
    assert registers.step_delay(told("xc7", DELAY=2, **queue)) == 16 + 4 + 3 + 3 + 1 + 3 + 3
    assert registers.step_delay(told("xc7", DELAY=4, **queue)) == 16 + 4 + 3 + 1 + 3
    event = {"C_BITS": 2, "Y_BITS": 1, "X_BITS": 1, "LOGIT": 9, "VALUE": 4}
    plain = 2 + 4 + 9 + 1
    assert registers.tally(told(**event, TIMES=0, FIRST=0)) == plain
    assert registers.tally(told(**event, TIMES=2, FIRST=1)) == plain + 4 + 9


def test_a_rule_that_compares_with_a_power_of_two_reads_fewer_bits_on_series_7() -> None:
    walk = {"C_SIZE": 2, "Y_SIZE": 1, "X_SIZE": 1, "C_BITS": 1, "Y_BITS": 1, "X_BITS": 1}
    rest = {"CLASS_BITS": 1, "LOGIT": 10, "STEP_BITS": 3, "STEPS": 7, "RULE": 1}
    odd, even = (registers.decide(told("xc7", **walk, **rest, HEIGHT=height)) for height in (7, 8))
    assert (odd, even) == (59, 56)
