"""Golden traces as words: against what the circuit itself is given and sends."""

from pathlib import Path

import numpy as np

from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import run_golden, senders
from spikewright.hardware.core.streams import answer_words, event_words
from spikewright.hardware.cosim.streams import input_words
from tests.hardware.cosim.drawn import drawn, drawn_lanes


def test_words_of_the_input_are_those_of_the_simulators(tmp_path: Path) -> None:
    for seed in range(6):
        network = drawn(seed)
        circuit = build(network, drawn_lanes(network, seed), tmp_path / str(seed))
        images = np.random.default_rng(seed).random((2, *network.by_name[network.input].shape)).astype(np.float32)
        rasters, _ = run_golden(network, images)
        words = event_words(circuit, network.by_name[network.input], rasters[network.input])
        assert [int(word, 16) for word in words] == input_words(circuit, rasters[network.input])
        for population in senders(network):
            tokens = [word for word in event_words(circuit, population, rasters[population.name]) if int(word, 16) & 1]
            assert len(tokens) == 2 * len(rasters[population.name])


def test_an_answer_is_class_steps_and_logits(tmp_path: Path) -> None:
    network = drawn(0)
    circuit = build(network, drawn_lanes(network, 0), tmp_path / "circuit")
    classes = network.by_name[network.output].size
    logits = np.zeros((1, classes), np.int64)
    logits[0, -1], logits[0, 0] = 2, -1
    words = answer_words(circuit, logits, np.array([2]))
    assert [int(word, 16) for word in words[:2]] == [classes - 1, 2] and len(words) == classes + 2
    assert int(words[2], 16).bit_count() >= 3  # -1: all bits
