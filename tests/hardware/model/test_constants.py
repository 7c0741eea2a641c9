"""Constants against the points that they were fitted to."""

import pytest

from spikewright.hardware import DEVICES
from spikewright.hardware.model import constants
from spikewright.hardware.model.constants import SRAM_ERROR, SRAM_PJ_AT_ZERO, SRAM_PJ_PER_BIT, SRAM_POINTS
from spikewright.hardware.model.interval import Interval


def test_sram_regression_and_its_error() -> None:
    ratios = [energy / (SRAM_PJ_PER_BIT * bits + SRAM_PJ_AT_ZERO) for bits, energy in SRAM_POINTS]
    assert min(ratios) == pytest.approx(SRAM_ERROR.low, abs=1e-3)
    assert max(ratios) == pytest.approx(SRAM_ERROR.high, abs=1e-3)


def test_every_band_holds_its_middle() -> None:
    found = [value for value in vars(constants).values() if isinstance(value, Interval)]
    found += [value for area in constants.AREA.values() for value in vars(area).values()]
    assert len(found) > 20 and all(0 < one.low <= one.value <= one.high for one in found)


def test_every_device_has_laws_of_area() -> None:
    assert {device.family for device in DEVICES.values()} == set(constants.AREA)
