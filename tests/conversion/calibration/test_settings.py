"""Settings of calibrations and of two-phase methods, checked when they are made."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.conversion.calibration.settings import Advanced, Cos, Light, Srp, calibration_of
from spikewright.snn.running import TwoPhase


def test_a_calibration_has_a_name() -> None:
    assert calibration_of("light") == Light() and calibration_of("advanced") == Advanced()
    assert calibration_of(None) is None and calibration_of(Light(rounds=2)) == Light(rounds=2)
    with pytest.raises(InvalidInput, match="got 'heavy'; try calibration='light'"):
        calibration_of("heavy")


def test_numbers_are_checked_and_made_plain() -> None:
    assert type(Light(rounds=np.int64(3)).rounds) is int
    with pytest.raises(
        InvalidInput, match="expected samples to be a whole number of at least 16, got 3; try samples=512"
    ):
        Light(samples=3)
    with pytest.raises(InvalidInput, match="expected rate to be a number above 0"):
        Advanced(rate=0.0)


def test_what_a_network_keeps_of_its_phases() -> None:
    assert Srp(3).phases == TwoPhase("srp", 3) and Cos(5).phases == TwoPhase("cos", 5)
    assert Srp(3).least_steps == 1 and Cos(5).least_steps == 5
