"""Inputs without data, and what every population sends."""

import numpy as np

from spikewright.hardware.core.golden import run_golden, senders, sends_numbers, synthetic_inputs, trace_line
from spikewright.snn import simulate
from tests.hardware.small_networks import formal, perceptron


def test_inputs_without_data_are_even_and_always_the_same() -> None:
    images = synthetic_inputs(perceptron((64, 3)))
    assert images.shape == (4, 64) and images.min() >= 0 and images.max() < 1
    assert abs(np.histogram(images[0], 8, (0, 1))[0] - 8).max() <= 1
    np.testing.assert_array_equal(images, synthetic_inputs(perceptron((64, 3))))


def test_rasters_are_those_of_the_run() -> None:
    network = perceptron((12, 6, 3), steps=4)
    images = synthetic_inputs(network)
    rasters, logits = run_golden(network, images)
    activity = simulate(network, images)
    assert set(rasters) == {"in", "h0"} == {p.name for p in senders(network)}
    np.testing.assert_array_equal(rasters["h0"].sum(axis=(0, 2)), activity.spikes["h0"])
    np.testing.assert_array_equal(logits, activity.logits)


def test_integers_are_sent_once() -> None:
    network = formal()
    rasters, _ = run_golden(network, synthetic_inputs(network))
    assert rasters["in"].shape[0] == 1 and rasters["in"].max() > 1
    assert all(sends_numbers(network, p) for p in senders(network))
    assert not any(sends_numbers(perceptron(), p) for p in senders(perceptron()))


def test_a_line_of_a_trace() -> None:
    row = np.array([0, 3, 0, -1])
    assert trace_line(row, False) == "1 3" and trace_line(row, True) == "1:3 3:-1" and trace_line(row * 0, True) == ""
