"""Memory blocks by their geometry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware import DEVICES
from spikewright.hardware.model.constants import AREA
from spikewright.hardware.model.memory import NOTHING, Rom, block_count, read_only, read_write


def test_block_geometry() -> None:
    xilinx, cyclone = DEVICES["xc7a100t"], DEVICES["5csema5"]
    assert [block_count(xilinx, 512, depth) for depth in (1, 512, 513)] == [15, 15, 29]
    assert block_count(xilinx, 8, 4096) == 2  # one 36 kbit block of 4096 x 9
    assert block_count(cyclone, 8, 1024) == 1
    assert block_count(xilinx, 0, 5) == 0


@given(st.integers(1, 600), st.integers(1, 70000), st.sampled_from(sorted(DEVICES)))
def test_blocks_hold_all_bits(width: int, depth: int, name: str) -> None:
    device = DEVICES[name]
    assert block_count(device, width, depth) * device.block_kbit * 1024 >= width * depth


def test_shallow_memories_are_lut_deep_ones_blocks() -> None:
    device, area = DEVICES["xc7a100t"], AREA["xc7"]
    shallow, deep = (read_only(device, area, Rom(words, 8, 1)) for words in (512, 513))
    assert (shallow.blocks, shallow.lut.value) == (0, pytest.approx(1.2 * 8 * 8))
    assert deep.blocks == 1 and read_only(device, area, Rom(0, 8, 1)) == NOTHING
    assert read_write(device, area, 4, 16, 32).blocks == 0 and read_write(device, area, 4, 16, 33).blocks == 2
    assert (shallow + deep).blocks == 1
