"""Value changes are counted by hand and by the reader alike."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import SpikewrightError
from spikewright.hardware.switching.changes import BitCount, TracedSignal, counted, numbers_of

HEAD = """$scope module bench $end
$scope module \\u.row[0] $end
$var wire 1 ! clk $end
$var reg 4 " q [3:0] $end
$var wire 4 " same [3:0] $end
$var wire 1 # \\q[0]x $end
$upscope $end
$upscope $end
$enddefinitions $end
"""


def told(text: str, name: str, mask: int) -> BitCount:
    tally = BitCount(mask)
    counted((HEAD + text).splitlines(), lambda signal: [tally] if signal.name == name else [])
    return tally


def test_changes_and_times_by_hand() -> None:
    # q: x, 0011, 0110 (two bits change), 0110 again, 1001 (four bits), from time 10 on.
    text = '#10\nbx "\n#20\nb11 "\n#30\nb110 "\n#40\nb110 "\n#50\nb1001 "\n#60\n'
    assert told(text, "q", 15) == BitCount(15, 6, 2 * 10 + 2 * 20 + 2 * 10)
    assert told(text, "same", 1) == BitCount(1, 2, 10 + 10)
    assert told(text, "clk", 1) == BitCount(1)


def test_what_follows_after_the_trace_is_switched_off_does_not_count() -> None:
    text = "#0\n0#\n#5\n1#\n$dumpoff\nx#\n$end\n#9\n0#\n"
    assert told(text, "q[0]x", 1) == BitCount(1, 1, 0)


def test_scopes_and_kinds_are_told() -> None:
    seen: list[TracedSignal] = []
    trace = counted((HEAD + "#7\n0!\n#9\n").splitlines(), lambda signal: seen.append(signal) or [])  # type: ignore[func-returns-value]
    assert seen[1] == TracedSignal(("bench", "u.row[0]"), "q", "reg", 4)
    assert (trace.begun, trace.now) == (7, 9)


def test_a_trace_without_head_is_refused() -> None:
    with pytest.raises(SpikewrightError, match=r"expected a trace with \$enddefinitions"):
        counted(["#0", "0!"], lambda _: [])


def test_unknown_bits_are_neither_nought_nor_one() -> None:
    assert numbers_of("101") == (5, -1)
    value, known = numbers_of("x1z0")
    assert value == 4 and known & 15 == 0b0101 and not known >> 4 & 1
    assert numbers_of("1x0")[1] >> 5 & 1


@given(st.lists(st.integers(0, 255), min_size=1, max_size=20))
def test_any_sequence_counts_its_changes(values: list[int]) -> None:
    lines = [line for time, value in enumerate(values) for line in (f"#{time}", f'b{value:b} "')]
    wanted = sum((a ^ b).bit_count() for a, b in pairwise(values))
    assert told("\n".join(lines), "q", 255).toggles == wanted
