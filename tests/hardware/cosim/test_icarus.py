"""Icarus is asked with clear errors."""

from pathlib import Path

import pytest

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import icarus, programs
from tests.hardware.small_networks import perceptron

needs_icarus = pytest.mark.skipif(
    programs.found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)
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


def test_a_circuit_needs_what_it_names_and_what_that_names() -> None:
    names = [
        path.stem
        for path in icarus.needed_modules("sw_spikes s (...); // sw_front\nsw_grant g (...); sw_core c (...);")
    ]
    assert names == ["sw_grant", "sw_spikes"]
    assert {"sw_array", "sw_banks", "sw_bank", "sw_lane_if"} <= {
        p.stem for p in icarus.needed_modules("sw_array a (...);")
    }
    assert icarus.needed_modules() == [] and set(icarus.needed_modules("sw_array")) < set(icarus.modules())


def test_a_missing_icarus_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    circuit = build(perceptron((6, 5, 3)), LANES, tmp_path)
    with pytest.raises(SpikewrightError, match="apt-get install iverilog"):
        icarus.run(circuit, [1], 1)


def test_an_input_of_nothing_is_refused(tmp_path: Path) -> None:
    circuit = build(perceptron((6, 5, 3)), LANES, tmp_path)
    with pytest.raises(InvalidInput, match="at least one word"):
        icarus.run(circuit, [], 1)


@needs_icarus
def test_a_simulation_without_an_end_is_given_up(tmp_path: Path) -> None:
    """Steps are missing of the input, so that the inference is never done."""
    circuit = build(perceptron((6, 5, 3)), LANES, tmp_path)
    with pytest.raises(SpikewrightError, match="expected an end of the simulation within 2,000 cycles, got none"):
        icarus.run(circuit, [1, 1], 1, 2000)


@needs_icarus
def test_what_is_neither_0_nor_1_is_told(tmp_path: Path) -> None:
    circuit = build(perceptron((6, 5, 3), steps=1), LANES, tmp_path)
    (tmp_path / "p01_k.mem").write_text("x\nx\n")
    with pytest.raises(SpikewrightError, match=r"expected 0 and 1 in population 1 in cycle [0-9]+, got [0-9a-f]*[xX]"):
        icarus.run(circuit, [1], 1, 2000)
