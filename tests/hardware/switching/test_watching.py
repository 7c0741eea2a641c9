"""Which signals of the Verilog are followed, and what their times come to."""

from spikewright.hardware.placement import PlacedMemory
from spikewright.hardware.switching.changes import TracedSignal
from spikewright.hardware.switching.record import MemoryUse
from spikewright.hardware.switching.watching import PERIOD, Counts, RtlWatch, part_of

CORE = "sw_array #(.WORD(4))\n    array1 (.clk(clk));\nsw_fifo queue0 (.clk(clk));\n"
PLACED = [
    PlacedMemory("array1.banks", "h", "potentials", 64, 8, "blocks"),
    PlacedMemory("array1.constants", "h", "constants", 4, 8, "tables"),
]
BANK = ("bench", "core", "array1", "banks", "row[0]", "column[0]", "shared", "bank")


def test_registers_count_for_the_part_that_they_are_in() -> None:
    watch = RtlWatch(CORE, PLACED, {"array1.d.line": 0b101, "state": 1})
    (one,) = watch(TracedSignal(("bench", "core", "array1", "d"), "line", "reg", 3))
    (two,) = watch(TracedSignal(("bench", "core"), "state", "reg", 1))
    assert not list(watch(TracedSignal(("bench", "core", "array1"), "line", "reg", 3)))
    assert not list(watch(TracedSignal(("bench",), "clk", "reg", 1)))
    one.toggles, two.toggles = 6, 1
    found = watch.counts.switching("rtl", 10 * PERIOD)
    assert [(p.part, p.registers, p.register_toggles) for p in found.parts] == [("", 1, 1), ("array1", 2, 6)]
    assert found.cycles == 10


def test_ports_of_block_memories_are_followed_and_those_of_tables_are_not() -> None:
    watch = RtlWatch(CORE, PLACED, {})
    (write,) = watch(TracedSignal((*BANK, "memory"), "write", "wire", 1))
    write.high = 3 * PERIOD
    rom = ("bench", "core", "array1", "constants", "rom")
    assert not list(watch(TracedSignal(rom, "enable", "wire", 1)))
    found = watch.counts.switching("rtl", 8 * PERIOD)
    assert found.whole.memories == {".".join(BANK[2:]): MemoryUse(8, 3)}
    assert [part.part for part in found.parts] == ["array1"]


def test_banks_of_a_buffer_share_the_style_of_their_memory() -> None:
    core = "sw_mac_buffer #(.VALUE(4))\n    buffer0 (.clk(clk));\n"
    bank = ("bench", "core", "buffer0", "row[0]", "column[1]", "channel[0]", "bank")
    for style, uses in (("blocks", {".".join(bank[2:]): MemoryUse(8, 3)}), ("tables", {})):
        watch = RtlWatch(core, [PlacedMemory("buffer0.banks", "h", "activations", 64, 8, style)], {})
        for write in watch(TracedSignal(bank, "write", "wire", 1)):
            write.high = 3 * PERIOD
        assert watch.counts.switching("rtl", 8 * PERIOD).whole.memories == uses


def test_a_memory_of_several_blocks_is_open_as_long_as_they_are_on_average() -> None:
    counts = Counts()
    (tally,) = counts.port("m.rom", "reads", 0b11)
    tally.high = 6 * PERIOD
    counts.always["m.rom", "reads"] = 1
    assert counts.switching("xc7", 10 * PERIOD).whole.memories["m.rom"] == MemoryUse(16 / 3, 0)
    assert part_of("m.rom") == "m" and part_of("") == ""
