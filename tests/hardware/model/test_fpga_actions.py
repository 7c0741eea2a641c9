"""Every family has all actions, with sources; a user's own table takes their place."""

from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from spikewright import InvalidInput
from spikewright.hardware import Device, estimate, time_multiplexed
from spikewright.hardware.model.fpga_actions import ACTIONS, USUAL, FpgaActions, usual_actions
from tests.hardware.small_networks import active, perceptron


def test_every_family_of_devices_has_every_action_with_a_source() -> None:
    table = FpgaActions.read(USUAL)
    for family in get_args(get_type_hints(Device)["family"]):
        found = usual_actions(family)
        for component, action in ACTIONS:
            energy = found(component, action)
            assert 0 < energy.low < energy.value < energy.high
            assert len(table.rows[family, component, action].source) > 20


def test_the_scaled_numbers_by_hand() -> None:
    # 5.9 pJ x 14 % / 8 flip-flops = 0.103 pJ at 150 nm and 1.5 V; to 28 nm and 1.0 V: x 28 / 150 / 1.5**2.
    assert usual_actions("xc7")("register", "clock").value == pytest.approx(
        5.9 * 0.14 / 8 * 28 / 150 / 1.5**2, rel=0.02
    )
    # 613.5 - 85.6 uA at 1.219 V and 12 MHz, without logic that would count.
    assert usual_actions("ice40")("clock_tree", "cycle").value == pytest.approx((613.5 - 85.6) * 1.219 / 12, rel=0.02)
    # 641.3 - 616.65 uA for 168 cells of counters, of whose 28 bits two change in a cycle; low is half of it.
    per_toggle = (641.3 - 616.65) / 168 * 1.219 / 12 * 28 / 2
    assert usual_actions("ice40")("lut", "toggle").low == pytest.approx(per_toggle / 2, rel=0.06)


def test_a_users_own_table_takes_the_place(tmp_path: Path) -> None:
    network = perceptron((6, 5, 3))
    activity, point = active(network, {"in": 6, "h0": 5}), time_multiplexed(network, device="ecp5-25k")
    own = tmp_path / "own.csv"
    own.write_text(USUAL.read_text() + "ecp5,register,clock,0,0,0,mine\n")
    usual, mine = estimate(network, activity, point), estimate(network, activity, point, energies=own)
    ff, latency = usual.ff.value, usual.latency_cycles.value
    assert usual.fpga_energy_uj.value - mine.fpga_energy_uj.value == pytest.approx(ff * latency * 0.015e-6)
    assert mine.dynamic.logic_uj == usual.dynamic.logic_uj


def test_a_missing_action_is_told_with_the_line_to_add(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("\n".join(line for line in USUAL.read_text().splitlines() if not line.startswith("ecp5,dsp")) + "\n")
    with pytest.raises(InvalidInput, match="try to add a line ecp5,dsp,multiply,LOW,MIDDLE,HIGH,SOURCE"):
        FpgaActions.read(own).of("ecp5")
    assert FpgaActions.read(own).of("xc7")("dsp", "multiply").value == 5
