"""A difference from the golden traces is a result."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidFile
from spikewright.hardware import export, load_core, replay, time_multiplexed
from spikewright.snn import AddressEvents, Delta, TerminateMax
from tests.hardware.core.edited import edit
from tests.snn.every_record import NETWORKS


def test_synthetic_inputs_replay_on_the_default_engine(folder: Path) -> None:
    found = replay(folder)
    assert found.equal and found.samples == 4 and found.events > 0


def test_a_wrong_trace_is_a_result_with_its_place(folder: Path) -> None:
    core = json.loads((folder / "core.json").read_text())
    trace = core["golden"]["spikes"]["h0"]
    lines = (folder / trace["file"]).read_text().split("\n")
    lines[5] = "0 1 2 3 4 5" if lines[5] != "0 1 2 3 4 5" else "0"
    text = "\n".join(lines).encode()
    (folder / trace["file"]).write_bytes(text)
    trace["size"], trace["sha256"] = len(text), hashlib.sha256(text).hexdigest()
    edit(folder, lambda now: now.update(golden=core["golden"]))
    found = replay(folder)
    assert not found.equal
    assert found.differences == ("population 'h0' differs first in sample 1, step 1",)


def test_golden_traces_that_do_not_belong(folder: Path) -> None:
    edit(folder, lambda c: c["golden"]["spikes"].pop("h0"))
    with pytest.raises(InvalidFile, match="golden trace of population 'h0'"):
        replay(folder)
    edit(folder, lambda c: c["golden"].update(samples=3))
    with pytest.raises(InvalidFile, match="golden images"):
        replay(folder)


@pytest.mark.parametrize("name", ["AddressEvents", "Delta", "TerminateMax"])
def test_what_a_camera_saw_frames_and_early_decisions_replay(name: str, tmp_path: Path) -> None:
    network = NETWORKS[name].to_fixed()
    folder = export(network, time_multiplexed(network), tmp_path / "core")
    core, again = load_core(folder)
    assert replay(folder).equal and again.code == network.code and again.decision == network.decision
    assert (core.golden.images is None) == isinstance(network.code, AddressEvents)
    counts = core.circuit.streams.counts
    assert (counts is None) == (not isinstance(network.decision, TerminateMax))


def test_frames_are_given_step_by_step(tmp_path: Path) -> None:
    network = NETWORKS["Delta"].to_fixed()
    assert isinstance(network.code, Delta)
    frames = np.random.default_rng(0).random((2, network.steps, 1, 4, 4)).astype(np.float32)
    assert replay(export(network, time_multiplexed(network), tmp_path / "core", images=frames)).equal


def test_events_that_no_camera_can_see_are_refused(tmp_path: Path) -> None:
    network = NETWORKS["AddressEvents"].to_fixed()
    folder = export(network, time_multiplexed(network), tmp_path / "core")
    trace = folder / json.loads((folder / "core.json").read_text())["golden"]["spikes"]["in"]["file"]
    text = trace.read_text().replace(" ", " 9", 1).encode()

    def change(core):
        told = {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
        core["golden"]["spikes"]["in"].update(told)

    trace.write_bytes(text)
    edit(folder, change)
    with pytest.raises(InvalidFile, match="expected neurons of the input in its trace"):
        replay(folder)
