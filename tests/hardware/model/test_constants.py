"""Constants against the points that they were fitted to."""

import pytest

from spikewright.hardware.model import constants
from spikewright.hardware.model.constants import SRAM_ERROR, SRAM_PJ_AT_ZERO, SRAM_PJ_PER_BIT, SRAM_POINTS
from spikewright.hardware.model.interval import Interval


def test_sram_regression_and_its_error() -> None:
    ratios = [energy / (SRAM_PJ_PER_BIT * bits + SRAM_PJ_AT_ZERO) for bits, energy in SRAM_POINTS]
    assert min(ratios) == pytest.approx(SRAM_ERROR.low, abs=1e-3)
    assert max(ratios) == pytest.approx(SRAM_ERROR.high, abs=1e-3)


def test_every_band_holds_its_middle() -> None:
    found = [value for value in vars(constants).values() if isinstance(value, Interval)]
    assert len(found) >= 2 and all(0 < one.low <= one.value <= one.high for one in found)
