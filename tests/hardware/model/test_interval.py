"""Numbers with the range that they may lie in."""

from spikewright.hardware import Interval
from spikewright.hardware.model.interval import ZERO, total
from spikewright.snn import (
    RateCode,
)
from tests.hardware.small_networks import perceptron


def test_interval_arithmetic() -> None:
    assert Interval(1, 2, 3) + Interval(1, 1, 1) == Interval(2, 3, 4)
    assert Interval(1, 2, 3) * Interval(2, 2, 4) * 2 == Interval(4, 8, 24)
    assert isinstance(perceptron((2, 2)).code, RateCode)


def test_columns_and_totals() -> None:
    assert Interval(1, 2, 3).columns("lut") == {"lut": 2, "lut_low": 1, "lut_high": 3}
    assert total([Interval(1, 2, 3), Interval.exact(1)]) == Interval(2, 3, 4) and total([]) == ZERO
    assert Interval(1, 5, 6).largest(Interval(2, 3, 9)) == Interval(2, 5, 9)
