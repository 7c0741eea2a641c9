"""Verilator sees what Icarus sees, to the cycle, and is asked with clear errors."""

from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidFile, InvalidInput, SpikewrightError
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import run_golden
from spikewright.hardware.cosim import icarus, programs, verilator
from spikewright.hardware.cosim.comparing import sent_words
from spikewright.hardware.cosim.streams import input_words
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.test_comparing import images_for
from tests.hardware.small_networks import perceptron

needs_both = pytest.mark.skipif(
    None in (programs.found("iverilog"), programs.found("verilator")),
    reason="Icarus Verilog or Verilator is not installed: apt-get install iverilog verilator",
)


@needs_both
def test_both_simulators_see_the_same_events_in_the_same_cycles(tmp_path: Path) -> None:
    """And a core that was compiled once takes other memories, an input of nothing, and a limit of cycles."""
    network = drawn(3)
    circuit = build(network, drawn_lanes(network, 3), tmp_path / "core")
    rasters, _ = run_golden(network, images_for(network, 3))
    words = input_words(circuit, rasters["input"])
    core = verilator.verilated(circuit, tmp_path)
    one, two = icarus.run(circuit, words, 3), core.run(words, 3)
    assert one.cycles == two.cycles and one.events.keys() == two.events.keys()
    assert all(np.array_equal(events, two.events[number]) for number, events in one.events.items())
    assert np.array_equal(one.answers, two.answers) and np.array_equal(one.answer_cycles, two.answer_cycles)
    assert verilator.verilated(circuit, tmp_path).program == core.program and len(list(tmp_path.iterdir())) == 2
    with pytest.raises(InvalidInput, match="at least one word"):
        core.run([], 1)
    with pytest.raises(SpikewrightError, match="expected an end of the simulation within 90 cycles, got none"):
        core.run(words, 3, 90)


@needs_both
def test_a_program_that_was_practised_does_the_same(tmp_path: Path) -> None:
    network = drawn(3)
    circuit = build(network, drawn_lanes(network, 3), tmp_path / "core")
    images = images_for(network, 3)
    words, plain = sent_words(circuit, images), verilator.verilated(circuit, tmp_path)
    practised = verilator.verilated(circuit, tmp_path, verilator.Practice(words[:4], 1))
    assert practised.program != plain.program
    one, two = plain.run(words, 3), practised.run(words, 3)
    assert one.cycles == two.cycles and all(np.array_equal(events, two.events[n]) for n, events in one.events.items())
    assert np.array_equal(one.answers, two.answers) and np.array_equal(one.answer_cycles, two.answer_cycles)
    again = verilator.verilated(circuit, tmp_path, verilator.Practice(words, 3))
    assert again.program == practised.program and len(list(tmp_path.iterdir())) == 3


def test_a_missing_or_old_verilator_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = build(perceptron((6, 5, 3)), {"h0": PhysicalLanes(), "out": PhysicalLanes()}, tmp_path)
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    with pytest.raises(SpikewrightError, match="apt-get install verilator"):
        verilator.run(circuit, [1], 1)
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\necho Verilator 4.038 2020-07-11\n")
    old.chmod(0o755)
    monkeypatch.setattr(programs.shutil, "which", lambda _: str(old))
    with pytest.raises(SpikewrightError, match=r"expected verilator 5.006 or later, got Verilator 4.038"):
        verilator.run(circuit, [1], 1)


def test_a_program_takes_the_place_of_no_other_file(tmp_path: Path) -> None:
    program = tmp_path / "program"
    verilator.kept(b"one", program)
    verilator.kept(b"two", program)
    assert program.read_bytes().startswith(b"two") and program.stat().st_mode & 0o111
    program.write_bytes(b"mine")
    with pytest.raises(InvalidFile, match="expected a simulation of a core or nothing"):
        verilator.kept(b"three", program)
    assert program.read_bytes() == b"mine"
