"""An exported folder against its traces, by its own bench: inside the project and outside of it."""

import os
import shutil
import subprocess
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from spikewright import InvalidFile, InvalidInput, SpikewrightError
from spikewright.hardware import DesignPoint, LayerDesign, design, export, load_core
from spikewright.hardware.core import verification
from spikewright.hardware.core.verification import verify
from spikewright.hardware.cosim import programs
from spikewright.snn import Direct, QuantReLU
from spikewright.snn.core_parts import lacking
from tests.hardware.core.edited import edit
from tests.hardware.core.test_independent_reader import EACH_KIND, MACS
from tests.hardware.cosim.drawn import drawn
from tests.hardware.cosim.drawn_macs import drawn_mac
from tests.hardware.small_networks import perceptron
from tests.validate.drawers import Drawer, lanes_of

needs_icarus = pytest.mark.skipif(
    programs.found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)
needs_yosys = pytest.mark.skipif(
    programs.found("yosys") is None or shutil.which("make") is None,
    reason="Yosys or make is not installed: apt-get install yosys make",
)
needs_verilator = pytest.mark.skipif(
    None in (programs.found("verilator"), shutil.which("make")),
    reason="Verilator or make is not installed: apt-get install verilator make",
)
OUTSIDE = {"PATH": "/usr/bin:/bin"}


def due_cycles(folder: Path) -> list[int]:
    circuit = load_core(folder)[0].circuit
    assert circuit is not None and circuit.streams.cycles is not None
    return circuit.streams.cycles


@needs_icarus
def test_what_is_exported_does_what_the_engine_did(tmp_path: Path) -> None:
    buildable = (network for network in map(drawn, range(40)) if not lacking(network))
    for seed, network in enumerate(islice(buildable, 3)):
        lanes = {p.name: 1 for p in network.order[1:]}
        folder = export(network, design(network, lanes), tmp_path / str(seed))
        found = verify(folder)
        assert found.equal and not found.differences and len(found.answer_cycles) == 4
        assert list(found.answer_cycles) == due_cycles(folder)
        assert found.cycles >= found.answer_cycles[-1]


@needs_icarus
@pytest.mark.parametrize("drawer", [*EACH_KIND, *MACS], ids=lambda drawer: drawer.name)
def test_cores_of_each_kind_do_what_the_engine_did(drawer: Drawer, tmp_path: Path) -> None:
    """Every word that is sent, every answer, and the cycle in which it comes."""
    network = drawer.network(7)
    layers = tuple(LayerDesign(name, lanes) for name, lanes in lanes_of(network, 7, 1).items())
    assert verify(export(network, DesignPoint(layers), tmp_path / "core")).differences == ()


@needs_icarus
def test_a_core_of_multipliers_too(tmp_path: Path) -> None:
    spiking = perceptron((12, 6, 3))
    relu = [replace(p, neuron=QuantReLU(1, 7, 255) if p.name == "h0" else p.neuron) for p in spiking.populations]
    network = replace(spiking, populations=tuple(relu), code=Direct(1, 255))
    folder = export(network, design(network, {"h0": 4}), tmp_path / "core")
    due = due_cycles(folder)
    found = verify(folder)
    assert found.equal and list(found.answer_cycles) == due
    # 13 words in, a register, 2 blocks of 12 steps, 19 cycles to hand over 2 values and a token; then 3 x 6 steps and a token;
    # a look at each of 3 logits and 4 cycles; the answer of 5 words.
    assert due[0] == 13 + 2 * 12 + 19 + 2 + 1 + 3 * 6 + 19 + 1 + (3 + 4) + 5


@needs_icarus
def test_a_core_of_multipliers_that_is_late_is_told(tmp_path: Path) -> None:
    network = drawn_mac(3)
    folder = export(network, design(network, {}), tmp_path / "core")
    bench, due = folder / "tb" / "bench.v", due_cycles(folder)
    bench.write_text(bench.read_text().replace(f"due[3] = {due[3]};", f"due[3] = {due[3] - 1};"))
    edit(folder, lambda core: None)
    told = f"answers differ in time: number 3 came in cycle {due[3]}, not in cycle {due[3] - 1}"
    assert verify(folder).differences[0] == told


@needs_icarus
def test_a_difference_is_a_result_with_its_place(folder: Path) -> None:
    words = (folder / "golden" / "p01_events.mem").read_text().split()
    place = next(n for n, word in enumerate(words) if not int(word, 16) & 1)
    words[place] = f"{int(words[place], 16) ^ 2:02x}"
    (folder / "golden" / "p01_events.mem").write_text("".join(f"{word}\n" for word in words))
    edit(folder, lambda core: None)
    found = verify(folder)
    assert not found.equal and f"population 1 differs in event {place}" in found.differences[0]


@needs_icarus
@needs_verilator
def test_verilator_says_what_icarus_says_by_itself_and_by_make(folder: Path, tmp_path: Path) -> None:
    one, two = verify(folder), verify(folder, simulator="verilator")
    assert one.equal and two == replace(one, simulator="verilator")
    said = ["make", "sim", "SIMULATOR=verilator", f"BUILD={tmp_path}/build"]
    made = subprocess.run(said, cwd=folder, env=OUTSIDE, capture_output=True, text=True, check=True).stdout
    assert f"PASS 4 answers, {one.cycles} cycles" in made


@pytest.mark.parametrize(
    ("lanes", "there", "chosen"), [(64, True, "icarus"), (65, True, "verilator"), (65, False, "icarus")]
)
def test_many_lanes_are_left_to_verilator_where_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lanes: int, there: bool, chosen: str
) -> None:
    network = perceptron((3, lanes - 1, 1), steps=1)
    folder = export(network, design(network, {"h0": lanes - 1}), tmp_path / "core")
    known = {"icarus": lambda *_: "PASS 4 answers, 9 cycles", "verilator": lambda *_: "PASS 4 answers, 9 cycles"}
    monkeypatch.setattr(verification, "_SIMULATORS", known)
    monkeypatch.setattr(verification, "found", lambda _: "here" if there else None)
    assert verify(folder).simulator == chosen


def test_there_are_two_simulators(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="expected a simulator out of icarus, verilator, got 'vcs'"):
        verify(folder, simulator="vcs")


@needs_icarus
def test_an_answer_in_another_cycle_is_a_difference(folder: Path) -> None:
    bench = folder / "tb" / "bench.v"
    due = due_cycles(folder)[1]
    bench.write_text(bench.read_text().replace(f"due[1] = {due};", f"due[1] = {due + 1};"))
    edit(folder, lambda core: None)
    told = f"answers differ in time: number 1 came in cycle {due}, not in cycle {due + 1}"
    assert verify(folder).differences[0] == told


@needs_icarus
def test_a_simulation_that_does_not_end_is_given_up(folder: Path) -> None:
    found = verify(folder, limit=30)
    assert not found.equal and found.differences[0].startswith("FAIL no end within 30 cycles")


@pytest.mark.parametrize("limit", [0, -1, True, 1.5])
def test_limits_are_whole_cycles(folder: Path, limit) -> None:
    with pytest.raises(InvalidInput, match="a limit of at least one cycle"):
        verify(folder, limit=limit)


def test_a_missing_simulator_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for simulator, package in (("icarus", "iverilog"), ("verilator", "verilator")):
        with pytest.raises(SpikewrightError, match=f"apt-get install {package}"):
            verify(folder, simulator=simulator)


def test_older_cores_have_no_circuit(tmp_path: Path) -> None:
    old = Path(__file__).parent / "old_files" / "spiking"
    with pytest.raises(InvalidFile, match=r"expected a core with a circuit .* it is of version 1"):
        verify(old)


@needs_icarus
def test_an_edited_memory_is_refused_before_anything_runs(folder: Path) -> None:
    path = folder / "mem" / "q00_w.mem"
    path.write_text(path.read_text().replace("0", "1", 1))
    with pytest.raises(InvalidFile, match=r"mem/q00_w\.mem"):
        verify(folder)


@needs_icarus
@needs_yosys
def test_make_runs_outside_the_project_and_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    network = perceptron((5, 3, 2), steps=2)
    folder = export(network, design(network, {"h0": 3}, device="ecp5-25k"), tmp_path / "core")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    made = {}
    for target in ("sim", "synth"):
        made[target] = subprocess.run(
            ["/usr/bin/env", "-i", *(f"{k}={v}" for k, v in OUTSIDE.items()), "make", target],
            cwd=folder, env=dict(os.environ), capture_output=True, text=True, timeout=200, check=True,
        ).stdout  # fmt: skip
    assert "PASS 4 answers" in made["sim"] and "TRELLIS_FF" in made["synth"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert (tmp_path / "core-build" / "core.json").is_file() and load_core(folder)
    export(network, design(network, {}), folder)  # nothing of anybody else's is in it
