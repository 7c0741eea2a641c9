"""Icarus is asked with clear errors."""

from pathlib import Path

import pytest

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import icarus
from tests.hardware.small_networks import perceptron

LANES = {"h0": PhysicalLanes(3), "out": PhysicalLanes(1)}


def test_the_modules_are_shipped() -> None:
    names = {path.name for path in icarus.modules()}
    assert {
        "sw_array.v",
        "sw_bank.v",
        "sw_fifo.v",
        "sw_front.v",
        "sw_lane.v",
        "sw_rom.v",
        "sw_spikes.v",
        "sw_taps.v",
    } <= names


def test_a_missing_icarus_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icarus.shutil, "which", lambda _: None)
    circuit = build(perceptron((6, 5, 3)), LANES, tmp_path)
    with pytest.raises(SpikewrightError, match="apt-get install iverilog"):
        icarus.run(circuit, [1])


def test_an_input_of_nothing_is_refused(tmp_path: Path) -> None:
    circuit = build(perceptron((6, 5, 3)), LANES, tmp_path)
    with pytest.raises(InvalidInput, match="at least one word"):
        icarus.run(circuit, [])
