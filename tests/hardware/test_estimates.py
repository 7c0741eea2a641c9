"""Totals, bounds and tables of an estimate."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.hardware import DEVICES, estimate, fully_parallel, time_multiplexed
from spikewright.snn import (
    simulate,
)
from tests.hardware.small_networks import active, perceptron
from tests.snn.strategies import cases

FIXED = [cases("spiking", "fixed"), cases("quantised", "fixed")]


@settings(max_examples=25)
@given(st.one_of(FIXED))
def test_bounds_enclose_and_totals_add_up(case) -> None:
    activity = simulate(case.network, case.images, engine="reference")
    for point in (time_multiplexed(case.network), fully_parallel(case.network, device="ecp5-25k")):
        one = estimate(case.network, activity, point)
        for interval in (one.lut, one.ff, one.latency_cycles, one.latency_s, one.asic45_energy_nj, one.fpga_energy_uj):
            assert 0 < interval.low <= interval.value <= interval.high
        assert one.lut.value == pytest.approx(sum(layer.area.lut.value for layer in one.layers))
        assert one.table["layer"][-1] == "total" and len(one.table) == len(one.layers) + 1
        assert one.interval_cycles <= one.latency_cycles.value * (1 + 1e-12)


def test_rows_carry_units_and_bounds() -> None:
    network = perceptron((16, 8, 4))
    one = estimate(network, active(network, {"in": 20, "h0": 8}), time_multiplexed(network))
    first, *_, total = one.table
    assert (first["layer"], total["layer"], total["neurons"]) == ("h0", "total", 12)
    assert (
        total["latency_us"] == one.latency_us.value == pytest.approx(one.latency_s.value * 1e6)
        and "fpga_dynamic_uj" in first
    )
    assert total["lut_low"] <= total["lut"] <= total["lut_high"] and one.bram36 == one.blocks / 2
    assert one.summary().items() <= total.items()


def test_it_is_shown_in_a_line_and_as_a_table() -> None:
    network = perceptron((16, 8, 4))
    one = estimate(network, active(network, {"in": 20, "h0": 8}), time_multiplexed(network))
    assert repr(one).startswith("Estimate(1/1 on xc7a100t: ") and " uJ (" in repr(one) and repr(one).endswith("; fits)")
    assert "&lt;" not in repr(one) and one._repr_html_().count("<tr>") == len(one.layers) + 2


def test_what_does_not_fit_says_by_how_much() -> None:
    network = perceptron((300, 64, 10))
    activity = active(network, {"in": 20, "h0": 8})
    assert estimate(network, activity, time_multiplexed(network)).lacks == ()
    tiny = replace(DEVICES["xc7a35t"], name="tiny", lut=100, blocks=2)
    one = estimate(network, activity, time_multiplexed(network, device=tiny))
    lut, blocks = one.lacks
    assert not one.fits and lut.startswith(f"{one.lut.value:,.0f} LUT of 100 (") and "memory blocks of 2" in blocks


def test_the_loader_has_a_row_and_its_part_of_the_totals() -> None:
    network = perceptron((16, 8, 4))
    activity, plain = active(network, {"in": 20, "h0": 8}), time_multiplexed(network)
    before, one = (estimate(network, activity, point) for point in (plain, replace(plain, loads=True)))
    assert before.loader is None and one.loader is not None and "loader" not in before.table["layer"]
    *layers, loader, total = one.table
    assert (loader["layer"], total["layer"], len(layers)) == ("loader", "total", 2)
    assert loader["ff"] == 50 + 2 * 7 + 32 == one.loader.area.ff.value
    assert (
        one.lut.value == pytest.approx(sum(row["lut"] for row in (*layers, loader)))
        and one.lut.value > before.lut.value
    )
    assert one.ff.value == sum(row["ff"] for row in (*layers, loader)) > before.ff.value
    assert one.latency_cycles == before.latency_cycles and one.fpga_energy_uj.value > before.fpga_energy_uj.value
    assert one.outside == () and one.blocks == before.blocks
