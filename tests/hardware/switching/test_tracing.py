"""Activity of the Verilog and of its netlist, from their own simulations."""

from dataclasses import replace
from pathlib import Path

import pytest

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import run_golden
from spikewright.hardware.cosim import programs
from spikewright.hardware.cosim.streams import input_words
from spikewright.hardware.switching.tracing import trace, trace_netlist
from tests.hardware.cosim.test_comparing import images_for
from tests.hardware.small_networks import perceptron

needs_tools = pytest.mark.skipif(
    None in (programs.found("iverilog"), programs.found("yosys")),
    reason="Icarus Verilog or yosys is not installed: apt-get install iverilog yosys",
)


def small(folder: Path) -> tuple[Circuit, list[int]]:
    network = perceptron((6, 5, 3), steps=2)
    circuit = build(network, {"h0": PhysicalLanes(2), "out": PhysicalLanes(1)}, folder)
    rasters, _ = run_golden(replace(network, decision=None), images_for(network, 0))
    return circuit, input_words(circuit, rasters[network.input])


@needs_tools
def test_registers_change_as_often_in_the_verilog_as_in_the_netlist(tmp_path: Path) -> None:
    circuit, words = small(tmp_path)
    samples = words.count(1) // circuit.network.steps
    found, synthesised = trace(circuit, words, samples), trace_netlist(circuit, words, samples, "ecp5")
    assert found.differences(synthesised) == ()
    assert found.cycles == synthesised.cycles > 50
    assert synthesised.whole.nets > 0 == found.whole.nets
    # The run ends with the cycle of the last answer, as the simulator of the control foretells.
    rasters, _ = run_golden(circuit.network, images_for(circuit.network, 0))
    assert found.cycles == behave(circuit, rasters).over[-1] + 1


@needs_tools
def test_a_simulation_that_fails_leaves_no_reader_waiting(tmp_path: Path) -> None:
    circuit, words = small(tmp_path)
    with pytest.raises(InvalidInput, match="at least one word"):
        trace(circuit, [], 1)
    with pytest.raises(SpikewrightError, match="expected an end of the simulation within 20 cycles"):
        trace(circuit, words, 1, limit=20)


@needs_tools
def test_the_example_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "energy.md").read_text()
    network = perceptron((6, 5, 3), steps=2)
    monkeypatch.chdir(tmp_path)
    exec(page.split("```python\n")[1].split("```")[0], {"network": network, "images": images_for(network, 0)})
    assert "register_rate" in capsys.readouterr().out


def test_a_missing_yosys_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit, words = small(tmp_path)
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    with pytest.raises(SpikewrightError, match="apt-get install yosys"):
        trace(circuit, words, 1)
