"""Families that were not calibrated."""

import pytest

from spikewright.hardware import DEVICES
from spikewright.hardware.area.calibrated import CALIBRATED
from spikewright.hardware.area.neighbours import NEIGHBOURS


def test_a_device_is_of_a_family_that_was_calibrated_or_has_a_neighbour() -> None:
    assert {device.family for device in DEVICES.values()} <= {*CALIBRATED, *NEIGHBOURS}
    assert not NEIGHBOURS.keys() & set(CALIBRATED)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_neighbour_was_calibrated_and_its_factors_lie_in_their_bands(name: str) -> None:
    one = NEIGHBOURS[name]
    assert one.family in CALIBRATED and one.why
    for factor in (one.lut, one.ff):
        assert 0 < factor.low < factor.value < factor.high
