"""Events as words and back."""

from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim.streams import input_words, potentials_of, rasters_of
from tests.hardware.small_networks import perceptron


def test_events_and_tokens_of_two_samples(tmp_path: Path) -> None:
    circuit = build(perceptron((6, 5, 3), steps=2), {"h0": PhysicalLanes(5), "out": PhysicalLanes(2)}, tmp_path)
    raster = np.zeros((2, 2, 6), np.int64)
    raster[0, 0, 4], raster[1, 1, 3] = 1, 2
    value = 1 << (circuit.event_bits("in") - 1)
    assert input_words(circuit, raster) == [4 << 1 | value, 1, 1, 1, 3 << 1 | value, 3 << 1 | value, 1]


def test_lines_become_rasters_and_potentials(tmp_path: Path) -> None:
    circuit = build(perceptron((6, 5, 3), steps=2), {"h0": PhysicalLanes(5), "out": PhysicalLanes(2)}, tmp_path)
    lines = [
        line.split()
        for line in ("E 1 3 0 4 0 0", "E 1 4 1 0 0 0", "E 1 5 0 2 0 0", "E 1 9 1 0 0 0", "R 7 ff01", "R 8 0002")
    ]
    (raster,) = rasters_of(circuit, lines, 1).values()
    assert np.argwhere(raster).tolist() == [[0, 0, 4], [1, 0, 2]]
    assert potentials_of(circuit, lines, 1).tolist() == [[1, -1, 2]]


def test_lines_that_are_missing_are_told(tmp_path: Path) -> None:
    circuit = build(perceptron((6, 5, 3), steps=2), {"h0": PhysicalLanes(5), "out": PhysicalLanes(2)}, tmp_path)
    with pytest.raises(ValueError, match="expected 2 steps, got 0"):
        rasters_of(circuit, [], 1)
    with pytest.raises(ValueError, match="expected 2 rows of potentials, got 0"):
        potentials_of(circuit, [], 1)
