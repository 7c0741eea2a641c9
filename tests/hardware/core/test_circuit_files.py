"""The circuit in an exported folder: what it needs and no more, and a record that says what it is."""

import json
import logging
import re
from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.hardware import export, fully_parallel, load_core, replay, time_multiplexed
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.core import circuit_files
from spikewright.hardware.placing import place
from tests.hardware.small_networks import perceptron


def test_the_record_is_the_top_level(folder: Path) -> None:
    core, _ = load_core(folder)
    assert core.circuit is not None and core.without_circuit is None
    text = (folder / "rtl" / "core.v").read_text()
    found = [(one.module, one.name, dict(one.parameters)) for one in read_instances(text)]
    assert [(one.module, one.name, one.parameters) for one in core.circuit.instances] == found
    modules = {path.stem for path in (folder / "rtl").glob("*.v")} - {"core", "axis"}
    assert {module for module, _, _ in found} <= modules and "sw_list_front" not in modules
    for path in (folder / "rtl").glob("sw_*.v"):
        assert re.search(rf"^module {path.stem}\b", path.read_text(), re.MULTILINE)


def test_its_memories_are_those_of_the_placement(folder: Path) -> None:
    network = perceptron((12, 6, 3), steps=4)
    wanted = place(network, time_multiplexed(network))
    circuit = json.loads((folder / "core.json").read_text())["circuit"]
    assert [(one["name"], one["words"], one["bits"], one["style"], one["blocks"]) for one in circuit["memories"]] == [
        (one.name, one.words, one.bits, one.style, one.blocks(wanted.device)) for one in wanted.memories
    ]
    files = {one["file"] for one in circuit["memories"] if one["file"]}
    assert files == {path.relative_to(folder).as_posix() for path in (folder / "mem").iterdir()}


def test_events_are_told_bit_by_bit(folder: Path) -> None:
    circuit = json.loads((folder / "core.json").read_text())["circuit"]
    assert circuit["events"]["h0"] == {"bits": [1, 3, 1, 1, 1], "form": "plain", "times": 1}
    assert circuit["events"]["in"]["bits"] == [1, 4, 1, 1, 1] and circuit["answer"]["logits"] == 3


def test_a_network_without_a_circuit_is_exported_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_, **__):
        raise InvalidInput("expected what there is a circuit for, got another thing; try something else")

    monkeypatch.setattr(circuit_files, "build", refuse)
    network = perceptron((12, 6, 3), steps=4)
    with caplog.at_level(logging.WARNING):
        folder = export(network, fully_parallel(network), tmp_path / "core")
    core, _ = load_core(folder)
    assert core.circuit is None and core.without_circuit and core.without_circuit in caplog.text
    assert core.without_circuit in (folder / "README.md").read_text()
    assert not (folder / "rtl").exists() and not (folder / "mem").exists() and not (folder / "Makefile").exists()
    assert replay(folder).equal
