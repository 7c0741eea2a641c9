"""Events as words and back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim.record import OVER, CircuitRun
from spikewright.hardware.cosim.streams import input_words, rasters_of
from spikewright.snn import Direct, QuantReLU
from tests.hardware.small_networks import perceptron


def made(folder: Path) -> Circuit:
    return build(perceptron((6, 5, 3), steps=2), {"h0": PhysicalLanes(5), "out": PhysicalLanes(2)}, folder)


def seen(
    events: list[tuple[int, int]], answers: list[tuple[int, ...]], over: tuple[tuple[int, int], ...] = ((9, 0),)
) -> CircuitRun:
    rows = np.array(events, np.int64).reshape(-1, 2)
    blocks = np.array(answers, np.uint8).reshape(-1, 2)
    return CircuitRun({1: rows, OVER: np.array(over)}, np.arange(len(answers)), blocks, 10)


def test_events_and_tokens_of_two_samples(tmp_path: Path) -> None:
    circuit = made(tmp_path)
    raster = np.zeros((2, 2, 6), np.int64)
    raster[0, 0, 4], raster[1, 1, 3] = 1, 1
    value = 1 << (circuit.event_bits("in") - 1)
    assert input_words(circuit, raster) == [4 << 1 | value, 1, 1, 1, 3 << 1 | value, 1]


def test_a_core_of_multipliers_gets_zeros_and_rows_without_events_a_token(tmp_path: Path) -> None:
    circuit = made(tmp_path)
    nothing = np.zeros((2, 1, 6), np.int64)
    assert input_words(circuit, nothing) == [1, 1]
    relu = [replace(p, neuron=QuantReLU(1, 7, 255)) if p.name == "h0" else p for p in circuit.network.populations]
    numbers = replace(circuit.network, populations=tuple(relu), code=Direct(1, 255))
    assert input_words(replace(circuit, network=numbers), nothing[:1]) == [0, 2, 4, 6, 8, 10, 1]


def test_words_become_rasters(tmp_path: Path) -> None:
    circuit = made(tmp_path)
    run = seen([(3, 4 << 1), (4, 1), (5, 2 << 1), (9, 1)], [])
    (raster,) = rasters_of(circuit, run, 1).values()
    assert np.argwhere(raster).tolist() == [[0, 0, 4], [1, 0, 2]]


def test_events_behind_an_early_end_belong_to_the_next_sample(tmp_path: Path) -> None:
    circuit = made(tmp_path)
    events = [(3, 4 << 1), (4, 1), (5, 2 << 1), (7, 3 << 1), (8, 1), (9, 1)]
    (raster,) = rasters_of(circuit, seen(events, [], ((6, 1), (9, 0))), 2).values()
    assert np.argwhere(raster).tolist() == [[0, 0, 4], [0, 1, 3], [1, 0, 2]]


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    circuit = made(tmp_path)
    with pytest.raises(ValueError, match="expected 2 steps of 'h0', got 0"):
        rasters_of(circuit, seen([], []), 1)
    with pytest.raises(ValueError, match="expected 2 steps of 'h0', got 2"):
        rasters_of(circuit, seen([(1, 1), (2, 1), (3, 0)], []), 1)
