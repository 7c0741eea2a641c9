"""Where the old rule puts memories."""

import pytest

from spikewright.hardware import DEVICES
from spikewright.hardware.model.constants import AREA
from spikewright.hardware.model.memory import NOTHING, Rom, read_only, read_write


def test_shallow_memories_are_lut_deep_ones_blocks() -> None:
    device, area = DEVICES["xc7a100t"], AREA["xc7"]
    shallow, deep = (read_only(device, area, Rom(words, 8, 1)) for words in (512, 513))
    assert (shallow.blocks, shallow.lut.value) == (0, pytest.approx(1.2 * 8 * 8))
    assert deep.blocks == 1 and read_only(device, area, Rom(0, 8, 1)) == NOTHING
    assert read_write(device, area, 4, 16, 32).blocks == 0 and read_write(device, area, 4, 16, 33).blocks == 2
    assert (shallow + deep).blocks == 1
