"""What an FPGA spends: static power times time, the clock, changes of nets, accesses, multiplications."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware import DEVICES, Interval
from spikewright.hardware.model.area import LayerArea
from spikewright.hardware.model.fpga_actions import ACTIONS, FamilyActions
from spikewright.hardware.model.fpga_energy import DynamicEnergy, layer_uj, static_uj, tree_uj
from spikewright.hardware.model.interval import ZERO
from spikewright.hardware.model.latency import LayerCycles

# Picojoules that are easy to follow, in the order of ACTIONS: tree, clock, toggle, toggle, read, write, multiply.
EASY = FamilyActions(dict(zip(ACTIONS, map(Interval.exact, (50.0, 0.01, 0.2, 0.1, 5.0, 4.0, 6.0)), strict=True)))
numbers = st.integers(0, 10_000).map(float)


def test_a_layer_by_hand() -> None:
    """1,000 LUT, 500 FF, 2 blocks, 3 DSP, busy in 100 of 300 cycles; a bit changes 0.17 times a busy cycle."""
    area = LayerArea(Interval.exact(1000), Interval.exact(500), 2, 3)
    found = layer_uj(area, LayerCycles(ZERO, Interval.exact(100)), Interval.exact(300), EASY)
    assert found.clock_uj.value == pytest.approx(500 * 0.01 * 300 * 1e-6)
    assert found.logic_uj.value == pytest.approx((500 * 0.2 + 1000 * 0.1) * 0.17 * 100 * 1e-6)
    assert found.memory_uj.value == pytest.approx((2 * 5 * 300 + 2 * 0.5 * 4 * 100) * 1e-6)
    assert found.dsp_uj.value == pytest.approx(3 * 6 * 100 * 1e-6)
    assert found.total_uj.value == pytest.approx((1500 + 3400 + 3400 + 1800) * 1e-6)
    assert found.columns["fpga_clock_uj"] == found.clock_uj.value and len(found.columns) == 12


def test_multipliers_of_a_direct_input_work_before_the_first_step_alone() -> None:
    cycles = LayerCycles(Interval.exact(10), Interval.exact(90))
    assert layer_uj(LayerArea(ZERO, ZERO, 0, 4), cycles, Interval.exact(100), EASY).dsp_uj.value == pytest.approx(
        10 * 4 * 6e-6
    )


def test_what_belongs_to_no_layer() -> None:
    device = DEVICES["xc7a100t"]
    assert static_uj(device, Interval.exact(2e-6)).value == pytest.approx(0.1 * 2)
    assert tree_uj(Interval.exact(400), EASY).value == pytest.approx(0.02)


@given(numbers, numbers, numbers, numbers)
def test_energy_is_a_straight_line_in_the_latency(lut: float, ff: float, busy: float, latency: float) -> None:
    area, cycles = (
        LayerArea(Interval(lut, lut, 2 * lut), Interval.exact(ff), 3, 1),
        LayerCycles(ZERO, Interval.exact(busy)),
    )
    whole, none, one = (
        layer_uj(area, work, Interval.exact(cycle), EASY).total_uj
        for work, cycle in ((cycles, latency), (cycles, 0.0), (LayerCycles(ZERO, ZERO), 1.0))
    )
    for end in ("low", "value", "high"):
        assert getattr(whole, end) == pytest.approx(getattr(none, end) + latency * getattr(one, end))


def test_parts_add_up() -> None:
    one, two = DynamicEnergy(Interval(1, 2, 3), ZERO, Interval.exact(4)), DynamicEnergy(logic_uj=Interval(0, 1, 5))
    assert (one + two).total_uj == Interval(5, 7, 12)
    assert sum((one, two), DynamicEnergy()) == one + two
