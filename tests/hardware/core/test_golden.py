"""Inputs without data, and what every population sends."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware import export, replay, time_multiplexed
from spikewright.hardware.core.golden import run_golden, senders, sends_numbers, synthetic_inputs, trace_line
from spikewright.hardware.core.hexfiles import read_memory
from spikewright.hardware.core.load import load_core
from spikewright.snn import Direct, RateCode, simulate
from spikewright.snn.running import InputRange, Run
from tests.hardware.core.independent_reader import replay as independent_replay
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


@pytest.mark.parametrize("code", (RateCode(5), Direct(5, 15)), ids=("rate", "direct"))
@pytest.mark.parametrize("known", (InputRange(-1.0, 1.0), InputRange(0.0, 255.0)), ids=("around zero", "bytes"))
def test_inputs_of_a_range_are_scaled_once(code, known: InputRange, tmp_path: Path) -> None:
    """Golden images are what the core takes, in [0, 1]; the network that is loaded takes inputs as the user has them."""
    plain = replace(perceptron((8, 6, 3), steps=5), code=code)
    ranged = replace(plain, run=Run(input_range=known))
    unit = np.random.default_rng(0).integers(0, 256, (3, 8)).astype(np.float32) / 255
    given = (known.low + (known.high - known.low) * unit).astype(np.float32)
    point = time_multiplexed(ranged)
    folder = export(ranged, point, tmp_path / "ranged", images=given)
    assert replay(folder).equal and independent_replay(folder) == []
    whole, loaded = load_core(folder)
    images = read_memory(folder, whole.golden.images).astype(np.uint32).view(np.float32)
    np.testing.assert_array_equal(images, known.unit(given))
    assert loaded.run.input_range == known
    np.testing.assert_array_equal(simulate(loaded, given).logits, simulate(ranged, given).logits)
    np.testing.assert_array_equal(read_memory(folder, whole.golden.logits), simulate(ranged, given).logits)
    synthetic = export(ranged, point, tmp_path / "synthetic")
    assert replay(synthetic).equal
    told = json.loads((export(plain, point, tmp_path / "plain") / "core.json").read_text())
    assert "input_range" not in told["run"]
