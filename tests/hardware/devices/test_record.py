"""What a device is, and what no device can be."""

from dataclasses import replace

import pytest

from spikewright import InvalidInput
from spikewright.hardware import (
    DEVICES,
    Interval,
)


def test_devices_hold_what_they_are_known_for() -> None:
    assert (DEVICES["xc7a100t"].lut, DEVICES["xc7a100t"].blocks / 2, DEVICES["xc7a100t"].dsp) == (63400, 135, 240)
    assert (DEVICES["xc7a200t"].lut, DEVICES["xc7a200t"].blocks / 2, DEVICES["xc7a200t"].dsp) == (134600, 365, 740)
    assert all(0 < device.static_w.low < device.static_w.high for device in DEVICES.values())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lut": 0}, "lut to be a whole number from 1"),
        ({"family": "virtex"}, "family to be 'xc7', 'xcup', 'ecp5', 'ice40' or 'cyclonev'"),
        ({"block_kbit": 20}, "block_kbit to be 4, 10 or 18"),
        ({"static_w": Interval(0.2, 0.1, 0.3)}, "static_w of mine as 0 <= low"),
        ({"static_w": 0.1}, "static_w to be Interval"),
        ({"name": "Mine"}, "in lower case, got 'Mine'"),
    ],
)
def test_impossible_devices_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        replace(DEVICES["xc7a35t"], **({"name": "mine"} | change))


def test_a_block_has_the_modes_of_its_size() -> None:
    for device in DEVICES.values():
        assert {wide * deep // 1024 for wide, deep in device.block_shapes} <= {
            device.block_kbit,
            device.block_kbit * 8 // 9,
        }


def test_a_device_says_what_it_lacks() -> None:
    device = DEVICES["xc7a35t"]
    assert device.lacks() == device.lacks(lut=device.lut, ff=device.ff, blocks=device.blocks, dsp=device.dsp) == ()
    assert device.lacks(lut=20_801.0, dsp=92) == ("20,801 LUT of 20,800 (1 too many)", "92 DSP of 90 (2 too many)")
    assert device.lacks(ff=10**6, blocks=101)[1] == "101 memory blocks of 100 (1 too many)"
