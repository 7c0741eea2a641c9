"""Potentials of all layers, step by step, as they stand in the memories of a circuit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim import icarus, programs
from spikewright.hardware.cosim.comparing import compared
from spikewright.hardware.cosim.potentials import (
    placed,
    read_sweeps,
    signed_words,
    swept_potentials,
    watching_lines,
    with_potentials,
)
from spikewright.hardware.cosim.record import OVER, CircuitRun
from tests.hardware.cosim.drawn_answers import answering
from tests.hardware.small_networks import perceptron

NOTHING = np.zeros(0, np.int64)


def made(folder: Path, decision: snn.TerminateMax | None = None) -> Circuit:
    network = replace(perceptron((6, 5, 3), steps=2), decision=decision)
    return build(network, {"h0": PhysicalLanes(5), "out": PhysicalLanes(2)}, folder)


def seen(circuit: Circuit, cycles: list[int], over: tuple[tuple[int, int], ...] = ((9, 0),)) -> CircuitRun:
    """A run in which the words of the output's blocks are their numbers."""
    words = np.arange(len(cycles), dtype=np.uint8)[:, None] * np.ones((1, 8), np.uint8)
    number = circuit.numbers["out"]
    swept = {number: (np.array(cycles, np.int64), words)}
    return CircuitRun({OVER: np.array(over, np.int64)}, NOTHING, np.zeros((0, 1), np.uint8), 99, swept)


@pytest.mark.parametrize("width", [2, 5, 13])
def test_words_with_a_sign_come_back(width: int) -> None:
    values = np.random.default_rng(width).integers(-(2 ** (width - 1)), 2 ** (width - 1), (4, 3))
    rows = [sum(int(value) % (1 << width) << (width * lane) for lane, value in enumerate(row)) for row in values]
    words = np.frombuffer(b"".join(row.to_bytes(8, "little") for row in rows), np.uint8).reshape(4, 8)
    assert np.array_equal(signed_words(words, 3, width), values)


def test_lines_become_blocks_and_lanes_beyond_the_map_are_left_out(tmp_path: Path) -> None:
    circuit = made(tmp_path)
    out = circuit.network.by_name["out"]
    bits, number = circuit.potential_bits(out), circuit.numbers["out"]
    lines = [f"V {number} {cycle} {low | high << bits:x}".split() for cycle, low, high in ((5, 1, 2), (6, 3, 0))]
    cycles, words = read_sweeps(circuit, lines)[number]
    assert cycles.tolist() == [5, 6]
    assert placed(circuit, out, words).tolist() == [[1, 2, 3]]


def test_sweeps_follow_each_other_and_those_of_a_stopped_inference_end_with_it(tmp_path: Path) -> None:
    circuit, steps = made(tmp_path / "a"), np.array([2, 2])
    first, second = swept_potentials(circuit, circuit.network.by_name["out"], seen(circuit, list(range(8))), steps)
    assert first[:, 0].tolist() == signed_low(circuit, [0, 2]) and second[:, 0].tolist() == signed_low(circuit, [4, 6])
    early = made(tmp_path / "b", snn.TerminateMax(2))
    run = seen(early, [0, 1, 2, 3, 20, 21, 22, 23], ((3, 1), (30, 0)))
    first, second = swept_potentials(early, early.network.by_name["out"], run, np.array([1, 2]))
    assert first[:, 0].tolist() == signed_low(early, [0]) and second[:, 0].tolist() == signed_low(early, [4, 6])


def signed_low(circuit: Circuit, blocks: list[int]) -> list[int]:
    """The lowest word of blocks in which each byte is the block's number."""
    bits = circuit.potential_bits(circuit.network.by_name["out"])
    words = [int.from_bytes(bytes([block] * 8), "little") % (1 << bits) for block in blocks]
    return [word - (word >> (bits - 1) << bits) for word in words]


def test_missing_sweeps_are_told(tmp_path: Path) -> None:
    circuit = made(tmp_path)
    with pytest.raises(ValueError, match="expected sweeps of 4 steps of 'out', got 3"):
        swept_potentials(circuit, circuit.network.by_name["out"], seen(circuit, list(range(7))), np.array([2, 2]))


@pytest.mark.skipif(
    programs.found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)
@pytest.mark.parametrize("early", [False, True])
def test_a_bit_that_turns_in_any_layer_is_found(early: bool, tmp_path: Path) -> None:
    network = answering(4) if early else perceptron((6, 5, 3), steps=2)
    circuit = build(network, {p.name: PhysicalLanes() for p in network.order[1:]}, tmp_path)
    images = np.random.default_rng(0).random((2, *network.by_name[network.input].shape)).astype(np.float32)
    assert compared(circuit, images) == ()
    assert watching_lines(circuit, "core").count("$display") == len(with_potentials(circuit))
    for population in with_potentials(circuit):
        told = compared(circuit, images, lambda *given, turned=population: turned_bit(circuit, turned, *given))
        assert len(told) == 1 and told[0].startswith(f"the potential of {population.name!r} is")


def turned_bit(circuit: Circuit, population: snn.Population, *given: object) -> CircuitRun:
    """A run in which the lowest bit of the first potential of a population is another one."""
    run = icarus.run(*given)  # type: ignore[arg-type]
    cycles, words = run.swept[circuit.numbers[population.name]]
    turned = words.copy()
    turned[0, 0] ^= 1
    return replace(run, swept={**run.swept, circuit.numbers[population.name]: (cycles, turned)})
