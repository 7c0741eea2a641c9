"""How memories of block memories fall into columns."""

from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware import DEVICES
from spikewright.hardware.memory_columns import (
    MOST_BELOW,
    MOST_MORE,
    below_each_other,
    block_columns,
    column_bits,
    units_of,
)

SHAPES = DEVICES["xc7a35t"].block_shapes
DEVICE = st.sampled_from(sorted(DEVICES))
WIDTHS, DEPTHS = st.integers(1, 300), st.integers(1, 140_000)


@given(DEVICE, WIDTHS, DEPTHS, st.integers(1, 40))
def test_columns_hold_all_bits_and_no_cut_takes_fewer_blocks(name: str, width: int, depth: int, column: int) -> None:
    device = DEVICES[name]
    cut = block_columns(device.block_shapes, width, depth, column)
    assert sum(bits for bits, _ in cut) == width and {bits for bits, _ in cut[:-1]} <= {min(column, width)}
    assert all(units * device.block_kbit * 1024 >= bits * depth for bits, units in cut)
    fewest = units_of(block_columns(device.block_shapes, width, depth))
    assert fewest <= units_of(cut) and fewest * device.block_kbit * 1024 >= width * depth


@given(DEVICE, WIDTHS, DEPTHS)
def test_a_cut_costs_a_bounded_share_of_blocks(name: str, width: int, depth: int) -> None:
    shapes = DEVICES[name].block_shapes
    column = column_bits(shapes, width, depth)
    whole = block_columns(shapes, width, depth)
    flat = all(units == 1 for _, units in whole) and depth <= shapes[1][1]
    assert (column == 0) == (flat or units_of(whole) == 1)
    if column:
        units = [units_of(block_columns(shapes, width, depth, wide)) for wide, _ in shapes]
        assert column in [wide for wide, _ in shapes]
        assert units_of(block_columns(shapes, width, depth, column)) <= MOST_MORE * min(units)


def test_cuts_by_hand() -> None:
    deep = {(128, 6272): 2, (80, 4992): 9, (11, 133_906): 1, (16, 33_477): 2, (128, 784): 0, (7, 6272): 2, (40, 600): 0}
    assert {size: column_bits(SHAPES, *size) for size in deep} == deep
    assert 6272 <= MOST_BELOW * 4096 and units_of(block_columns(SHAPES, 128, 6272, 2)) == 64
    assert block_columns(SHAPES, 128, 6272, 9) == ((9, 4),) * 14 + ((2, 1),)
    assert units_of(block_columns(SHAPES, 11, 133_906, 1)) == 99 and units_of(block_columns(SHAPES, 11, 133_906)) == 83


def test_as_many_blocks_side_by_side_are_asked_for() -> None:
    assert column_bits(SHAPES, 16, 2048) == 9 and column_bits(SHAPES, 9, 2048) == column_bits(SHAPES, 40, 1024) == 0
    assert below_each_other(SHAPES, block_columns(SHAPES, 16, 2048, 9), 2048) == ((9, 1), (7, 1))
    assert below_each_other(SHAPES, block_columns(SHAPES, 80, 4992), 4992) == ((18, 5),) * 4 + ((8, 3),)


def test_what_is_left_of_a_width_lies_in_its_own_mode() -> None:
    assert block_columns(SHAPES, 80, 4992) == ((18, 5),) * 4 + ((8, 3),)  # what Yosys makes of it: 23 blocks
    assert block_columns(SHAPES, 0, 9) == block_columns(SHAPES, 9, 0, 4) == ()
