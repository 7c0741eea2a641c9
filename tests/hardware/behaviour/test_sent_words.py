"""What populations send, in the order of their serialisers."""

from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware.behaviour.sent_words import TOKEN, laid, words_of_all
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes
from spikewright.hardware.core.golden import run_golden
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.small_networks import perceptron


def test_blocks_follow_each_other_and_lanes_inside_them() -> None:
    blocks = LayerBlocks((3, 2, 3), PhysicalLanes(2, 1, 2))
    found = laid(np.arange(18).reshape(1, 3, 2, 3), blocks, TOKEN)[0].reshape(blocks.count, 4)
    assert found[0].tolist() == [0, 6, 1, 7] and found[1].tolist() == [12, TOKEN, 13, TOKEN]
    assert found[2].tolist() == [2, 8, TOKEN, TOKEN] and found[4].tolist() == [3, 9, 4, 10]


@pytest.mark.parametrize("seed", range(8))
def test_every_spike_is_sent_once_in_its_step(seed: int) -> None:
    network = drawn(seed)
    shape = network.by_name[network.input].shape
    rasters, _ = run_golden(network, np.random.default_rng(seed).random((2, *shape)).astype(np.float32))
    circuit = Circuit(network, drawn_lanes(network, seed), Path())
    for name, stream in words_of_all(circuit, rasters).items():
        raster = rasters[name].swapaxes(0, 1).reshape(-1, rasters[name].shape[2])
        raster = (raster != 0).astype(int)
        sweep = np.cumsum(stream.words == TOKEN)
        found = np.zeros_like(raster)
        np.add.at(found, (sweep[stream.words >= 0], stream.words[stream.words >= 0]), 1)
        np.testing.assert_array_equal(found, raster)
        assert len(stream.spikes) == 0 or stream.spikes.sum(axis=1).tolist() == raster.sum(axis=1).tolist()
        assert stream.starts(2).tolist()[::2] == [0, len(stream.words)]


def test_a_number_is_one_event_and_a_token_ends_each_step() -> None:
    circuit = Circuit(perceptron((6, 5, 3), steps=2), {"h0": PhysicalLanes(5), "out": PhysicalLanes(2)}, Path())
    raster = np.zeros((2, 2, 6), np.int64)
    raster[0, 0, 4], raster[1, 1, 3] = 1, 2
    stream = words_of_all(circuit, {"in": raster, "h0": np.zeros((2, 2, 5), np.int64)})["in"]
    assert stream.words.tolist() == [4, TOKEN, TOKEN, TOKEN, 3, TOKEN] and stream.starts(2).tolist() == [0, 3, 6]
