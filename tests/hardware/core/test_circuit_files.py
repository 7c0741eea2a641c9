"""The circuit in an exported folder: what it needs and no more, and a record that says what it is."""

import json
import logging
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware import (
    DesignPoint,
    LayerDesign,
    export,
    fully_parallel,
    load_core,
    replay,
    time_multiplexed,
)
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.core import circuit_files
from spikewright.hardware.core.verification import verify
from spikewright.hardware.cosim.answers import CircuitAnswers
from spikewright.hardware.cosim.axis_bench import Handling, run
from spikewright.hardware.placing import place
from tests.hardware.cosim.drawn import drawn_lanes
from tests.hardware.cosim.drawn_loads import reweighed, turned
from tests.hardware.cosim.drawn_macs import drawn_mac, drawn_mac_lanes
from tests.hardware.cosim.drawn_pixels import encoding, pixels_for
from tests.hardware.cosim.test_comparing import needs_icarus
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


@needs_icarus
@pytest.mark.parametrize("mac", [False, True], ids=["spikes", "values"])
def test_a_core_takes_pixels_and_the_memories_of_another(mac: bool, tmp_path: Path) -> None:
    """From what lies in the folders alone: the files of `mem/` that core.json lists, as frames of `s_load_axis`."""
    network, levels = (drawn_mac(53), 34) if mac else encoding(0)
    other, lanes = (reweighed if mac else turned)(network), (drawn_mac_lanes if mac else drawn_lanes)(network, 0)
    pixels, layers = pixels_for(network, levels, 0), tuple(LayerDesign(name, one) for name, one in lanes.items())
    mine, its = (
        export(one, DesignPoint(layers), tmp_path / name, loads=True, pixels=levels)
        for one, name in ((network, "mine"), (other, "its"))
    )
    assert verify(mine).equal and verify(its).equal
    circuit = load_core(its)[0].circuit
    assert circuit is not None and circuit.loads and circuit.pixels == levels
    frames = []
    for one in circuit.loads:
        rows = [int(row, 16) for row in (its / one.file).read_text().split()]
        assert len(rows) == one.rows
        frames.append(
            [one.number, 0, *(row >> (32 * n) & (2**32 - 1) for row in rows for n in range(-(-one.bits // 32)))]
        )
    for part in ("rtl", "mem"):
        shutil.copytree(mine / part, tmp_path / "flat", dirs_exist_ok=True)
    built = Circuit(network, lanes, tmp_path / "flat", ends=Ends(levels, loads=True))
    found = run(built, pixels.reshape(len(pixels), -1).tolist(), Handling(1), frames)
    images = (pixels / levels).astype(np.float32)
    assert found.answers.differences(CircuitAnswers.expected(other, images)) == ()
    assert found.answers.differences(CircuitAnswers.expected(network, images))


def test_ends_that_a_network_cannot_have_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    spiking = perceptron((12, 6, 3))
    for levels in (0, 70_000, 2.5, True):
        with pytest.raises(InvalidInput, match="pixels of"):
            export(spiking, time_multiplexed(spiking), tmp_path / "core", pixels=levels)
    assert not list(tmp_path.iterdir())


def test_a_core_that_is_reached_as_always_says_nothing_of_it(folder: Path) -> None:
    assert not {"loads", "pixels"} & set(json.loads((folder / "core.json").read_text())["circuit"])
    assert "s_load_axis" not in (folder / "README.md").read_text() + (folder / "rtl" / "axis.v").read_text()
