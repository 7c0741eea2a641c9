"""Where memories lie, and how many blocks of a device they take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware import DEVICES
from spikewright.hardware.placement import PlacedMemory, Placement, PlacingRule, block_count

SIZES = st.integers(1, 3000)


@given(st.sampled_from(sorted(DEVICES)), SIZES, SIZES)
def test_blocks_hold_all_bits_and_never_shrink(name: str, width: int, depth: int) -> None:
    device = DEVICES[name]
    count = block_count(device, width, depth)
    assert count * device.block_kbit * 1024 >= width * depth
    assert count <= block_count(device, width + 1, depth) and count <= block_count(device, width, depth + 1)


def test_block_geometry() -> None:
    xilinx, cyclone = DEVICES["xc7a100t"], DEVICES["5csema5"]
    assert [block_count(xilinx, 512, depth) for depth in (1, 512, 513)] == [15, 15, 29]
    assert block_count(xilinx, 8, 4096) == 2  # one 36 kbit block of 4096 x 9
    assert block_count(cyclone, 8, 1024) == 1
    assert block_count(xilinx, 0, 5) == 0


@given(SIZES, SIZES)
def test_a_deeper_memory_never_goes_back_into_tables(words: int, bits: int) -> None:
    rule, order = PlacingRule(), ("registers", "tables", "blocks")
    for style in (lambda n: rule.written(n), lambda n: rule.read_only(n, bits)):
        assert order.index(style(words)) <= order.index(style(words + 1))


def test_styles_by_hand() -> None:
    rule, without = PlacingRule(), PlacingRule(written_tables=False)
    assert [rule.written(rows) for rows in (1, 2, 32, 33)] == ["registers", "tables", "tables", "blocks"]
    assert [without.written(rows) for rows in (1, 2, 33)] == ["registers", "blocks", "blocks"]
    assert [rule.read_only(*size) for size in ((64, 900), (65, 16), (65, 17), (2048, 1), (2049, 1))] == [
        "tables", "tables", "blocks", "tables", "blocks"
    ]  # fmt: skip
    assert (rule.shown(), without.shown()) == ("tables", "registers")


def test_a_placement_adds_up() -> None:
    device = DEVICES["xc7a35t"]
    banks = PlacedMemory("array1.banks", "conv", "potentials", 100, 40, "blocks", count=9)
    rows = PlacedMemory("synapse0.rows", "in-conv", "weights", 60, 72, "tables", file="q00_w.mem")
    found = Placement(device, (banks, rows))
    assert found.blocks == 9 * block_count(device, 40, 100) == 18 and found.total_bits == 36_000 + 4_320
    assert PlacedMemory("a", "b", "weights", 6272, 128, "blocks", column=9).blocks(device) == 57
    assert found.of("conv") == (banks,) and found.of("nothing") == ()
    assert list(found.table["blocks"]) == [18, 0] and list(found.table["file"]) == ["", "q00_w.mem"]


def test_a_placement_without_memories_is_empty() -> None:
    found = Placement(DEVICES["xc7a35t"], ())
    assert (found.blocks, found.total_bits, len(found.table)) == (0, 0, 0)


@pytest.mark.parametrize(("width", "depth"), [(0, 5), (5, 0)])
def test_nothing_takes_no_block(width: int, depth: int) -> None:
    assert block_count(DEVICES["xc7a35t"], width, depth) == 0


def test_synthesis_chooses_the_cheaper_memory() -> None:
    xilinx, lattice = (PlacingRule.of(DEVICES[name]) for name in ("xc7a35t", "ecp5-25k"))
    assert [lattice.chosen(words, bits) for words, bits in ((1, 9), (4, 135), (64, 19), (128, 16))] == [
        "registers", "tables", "tables", "blocks"
    ]  # fmt: skip
    assert [xilinx.chosen(words, 16) for words in (128, 256)] == ["tables", "blocks"]
    assert PlacingRule(written_tables=False).chosen(4, 4) == "blocks"
