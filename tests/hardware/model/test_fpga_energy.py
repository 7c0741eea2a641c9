"""What an FPGA spends: static power times time, and busy resources."""

import pytest

from spikewright.hardware import DEVICES, Interval
from spikewright.hardware.model.area import LayerArea
from spikewright.hardware.model.fpga_energy import dynamic_uj, energy_uj, static_uj
from spikewright.hardware.model.interval import ZERO
from spikewright.hardware.model.latency import LayerCycles


def test_dynamic_energy_by_hand() -> None:
    """100 busy cycles of 1,000 LUT (0.1 pJ), 2 blocks (6 pJ) and 3 DSP (5 pJ); 500 FF (0.02 pJ) over a latency of 300."""
    area = LayerArea(Interval.exact(1000), Interval.exact(500), 2, 3)
    busy = LayerCycles(ZERO, Interval.exact(100))
    expected = (100 * (1000 * 0.1 + 2 * 6 + 3 * 5) + 300 * 500 * 0.02) * 1e-6
    assert dynamic_uj(area, busy, Interval.exact(300)).value == pytest.approx(expected)


def test_multipliers_of_a_direct_input_work_before_the_first_step_alone() -> None:
    area = LayerArea(ZERO, ZERO, 0, 4)
    cycles = LayerCycles(Interval.exact(10), Interval.exact(90))
    assert dynamic_uj(area, cycles, Interval.exact(100)).value == pytest.approx(10 * 4 * 5 * 1e-6)


def test_static_energy_is_power_times_time() -> None:
    device = DEVICES["xc7a100t"]
    assert static_uj(device, Interval.exact(2e-6)).value == pytest.approx(0.1 * 2)
    assert energy_uj(device, Interval.exact(2e-6), [Interval.exact(1.0)]).value == pytest.approx(1.2)
