"""Memories that are loaded: their numbers, their words, and networks that fit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.circuit.loading import bus_bits, check_alike, load_frames, load_map, with_bus
from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from tests.hardware.cosim.drawn_loads import turned
from tests.hardware.small_networks import perceptron

LANES = {"h0": PhysicalLanes(5), "out": PhysicalLanes()}


def made(folder: Path, network: snn.Network) -> Circuit:
    return build(network, LANES, folder, ends=Ends(loads=True))


def test_every_file_has_a_number_and_every_row_its_words(tmp_path: Path) -> None:
    circuit = made(tmp_path / "circuit", perceptron((6, 5, 3)))
    memories = load_map((circuit.folder / "core.v").read_text())
    assert [one.number for one in memories] == list(range(1, 11))
    assert {one.file for one in memories} == {path.name for path in circuit.folder.glob("*.mem")}
    for memory, frame in zip(memories, load_frames(circuit), strict=True):
        rows = [int(row, 16) for row in (circuit.folder / memory.file).read_text().split()]
        words = np.array(frame[2:], object).reshape(memory.rows, memory.words)
        assert frame[:2] == [memory.number, 0]
        assert [sum(int(word) << (32 * n) for n, word in enumerate(row)) for row in words] == rows


def test_nothing_hangs_on_a_bus_unless_it_is_asked_for(tmp_path: Path) -> None:
    network = perceptron((6, 5, 3))
    without = (build(network, LANES, tmp_path / "without").folder / "core.v").read_text()
    circuit = made(tmp_path / "with", network)
    core, axis = ((circuit.folder / name).read_text() for name in ("core.v", "axis.v"))
    assert "load_bus" not in without and ".MEMORY(" not in without and ".load(18'd0)" in without
    assert f"input [{bus_bits(core) - 1}:0] load_bus" in core and core.count(".MEMORY(") == 6
    assert "sw_loader" in axis and "synapse0.rows" in axis
    assert with_bus("// no instances", loads=False) == "// no instances"


def test_a_network_of_other_sizes_is_told_apart(tmp_path: Path) -> None:
    network = perceptron((6, 5, 3))
    circuit, same = made(tmp_path / "one", network), made(tmp_path / "same", turned(network))
    check_alike(circuit, same)
    wider = replace(
        network,
        populations=(network.populations[0], replace(network.populations[1], potential_bits=9), network.populations[2]),
    )
    with pytest.raises(
        InvalidInput, match=r"differs in its memories only, got .*\.POTENTIAL\(9\).* in sw_array array1; try"
    ):
        check_alike(circuit, made(tmp_path / "wider", wider))
