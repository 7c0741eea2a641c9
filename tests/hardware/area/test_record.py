from spikewright.hardware.area.record import OUTSIDE, CircuitArea, ModuleSize
from spikewright.hardware.model.interval import Interval


def test_records_hold_what_they_are_told() -> None:
    size = ModuleSize(3.0, 4.0, seen=True)
    area = CircuitArea(Interval(1, 2, 3), Interval.exact(4), Interval.exact(0), 5, 0.5, 0.0, ())
    assert size.dsp == 0 and size.outside == () and area.lut.value == 2 and OUTSIDE > 1
