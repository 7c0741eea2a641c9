"""Rates and tables of what changed."""

from spikewright.hardware.switching.record import MemoryUse, PartSwitching, Switching, rate

PARTS = (
    PartSwitching("a", 10, 200, 20, 100, {"a.rom": MemoryUse(100, 0)}),
    PartSwitching("", 0, 0, 30, 400),
    PartSwitching("b", 30, 100, 0, 0, {"b.bank": MemoryUse(100, 40)}),
)
FOUND = Switching("rtl", 100, PARTS)


def test_the_whole_is_the_sum_of_the_parts() -> None:
    assert (FOUND.whole.registers, FOUND.whole.register_toggles, FOUND.whole.net_toggles) == (40, 300, 500)
    assert (FOUND.whole.reads, FOUND.whole.writes) == (200, 40)
    assert FOUND.register_rate == 300 / 40 / 100 and FOUND.net_rate == 500 / 50 / 100
    rows = list(FOUND.table)
    assert [row["part"] for row in rows] == ["a", "core", "b", "all"]
    assert rows[-1]["register_toggles"] == 3.0 and rows[2]["block_writes"] == 0.4


def test_nothing_has_no_rate() -> None:
    assert rate(0, 0, 5) == 0 == rate(3, 4, 0)
    assert Switching("rtl", 0, ()).register_rate == 0


def test_differences_are_told_beyond_their_bounds() -> None:
    near = Switching(
        "xc7", 100, (PartSwitching("a", 9, 280, memories={"a.rom": MemoryUse(100, 0), "b.bank": MemoryUse(101, 40)}),)
    )
    assert FOUND.differences(near) == ()
    assert FOUND.differences(near, 0.05) == ("registers change 300 times, not 280",)
    other = Switching("xc7", 100, (PartSwitching("a", 9, 280, memories={"a.rom": MemoryUse(50, 0)}),))
    assert FOUND.differences(other) == (
        "a.rom is read in 100 cycles and written in 0, not 50 and 0",
        "b.bank is read in 100 cycles and written in 40, not 0 and 0",
    )


def test_it_is_shown_in_a_line() -> None:
    assert repr(FOUND) == "Switching(rtl, 3 parts in 100 cycles: 40 register bits change 0.075 times a cycle)"
