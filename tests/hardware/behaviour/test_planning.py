"""A circuit as records of the simulator."""

from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware.behaviour.planning import begun
from spikewright.hardware.behaviour.sent_words import words_of_all
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.core.golden import run_golden
from tests.hardware.cosim.drawn import drawn, drawn_lanes


@pytest.mark.parametrize("seed", range(6))
def test_every_word_has_its_passes_and_every_block_its_events(seed: int) -> None:
    network = drawn(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), Path(), queues={network.projections[0].name: 4})
    shape = network.by_name[network.input].shape
    rasters, _ = run_golden(network, np.random.default_rng(seed).random((2, *shape)).astype(np.float32))
    streams = words_of_all(circuit, rasters)
    core = begun(circuit, streams, np.full(2, network.steps))
    ends = [*core.fronts["word"].tolist(), len(core.passes)]
    for k, projection in enumerate(network.projections):
        words = streams[projection.source].words
        assert np.array_equal(core.passes[ends[k] : ends[k + 1]] == 0, words < 0)
    assert core.fronts["depth"].tolist() == [4, *[16] * (len(network.projections) - 1)]
    assert core.spikes.sum() + core.senders["left"][0] + 2 * network.steps * sum(core.layers["fires"]) == len(core.sent)
    assert sorted(core.incoming) == sorted(core.readers) == list(range(len(network.projections)))
