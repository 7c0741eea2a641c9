"""Noise on times: values that are lost, made up or moved, within the window and on its grid."""

import numpy as np
import pytest

from spikewright.snn import (
    Identity,
    MaxGate,
    MembraneNoise,
    Network,
    Population,
    Projection,
    Ramp,
    Source,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
    TtfsCode,
    Windows,
)
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.timed_noise import TimedNoise
from tests.snn.small import single

SIZE, SAMPLES = 40, np.arange(3)
VALUES = np.random.default_rng(0).random((3, SIZE)) * 2 * (np.random.default_rng(1).random((3, SIZE)) < 0.5)


def noise_of(*noise, levels=None):
    network = single(((SIZE,),) * 2, Ramp(2.0, levels), Identity(), TtfsCode(), readout="first")
    return TimedNoise(network, noise, {p.name: engine_order(p.shape) for p in network.populations})


def test_who_is_touched():
    this = noise_of(SpikeDeletion(1.0, 0, ("a",)))
    assert this.acts("a") and not this.acts("in")
    assert not this.arriving("a", VALUES, SAMPLES).any()


@pytest.mark.parametrize("levels", [None, 4])
def test_made_up_and_moved_values_stay_in_the_window(levels):
    made = noise_of(SpikeInsertion(1.0), levels=levels).arriving("a", VALUES, SAMPLES)
    np.testing.assert_array_equal(made[VALUES > 0], VALUES[VALUES > 0])
    moved = noise_of(SpikeJitter(0.3), levels=levels).arriving("a", VALUES, SAMPLES)
    assert not moved[VALUES == 0].any()
    for found in (made[VALUES == 0], moved):
        assert found.min() >= 0 and found.max() <= 2 and np.unique(found).size > 3
        assert levels is None or not (found % 0.5).any()
    assert np.abs(moved - VALUES)[VALUES > 0].max() <= 0.6 + (0.25 if levels else 0) + 1e-12


def test_stuck_neurons_have_the_whole_window():
    np.testing.assert_array_equal(noise_of(StuckAt(1, 1.0)).stuck("a", VALUES), 2.0)
    np.testing.assert_array_equal(noise_of(StuckAt(1, 1.0)).stuck("in", VALUES), 1.0)


def test_membrane_noise_is_in_units_of_the_window():
    sums, twice = np.zeros((3, SIZE)), np.zeros((3, SIZE))
    this = noise_of(MembraneNoise(0.1))
    this.shake(this.network.populations[1], sums, SAMPLES)
    other = noise_of(MembraneNoise(0.2))
    other.shake(other.network.populations[1], twice, SAMPLES)
    np.testing.assert_allclose(twice, 2 * sums)
    assert 0.1 < sums.std() < 0.3


def test_each_channel_of_a_gate_has_the_window_of_its_source():
    """Two Ramps of windows 2 and 3 into the channels of a gate; the third channel has none."""
    parts = [Population("in", (1, 2, 2), Source())]
    links = []
    for name, window, channels in (("a", 2.0, (0, 1)), ("b", 3.0, (1, 2))):
        parts.append(Population(name, (1, 2, 2), Ramp(window)))
        links += [Projection("in", name, Identity()), Projection(name, "m", Windows((2, 2), (2, 2)), channels=channels)]
    parts += [Population("m", (3, 1, 1), MaxGate()), Population("out", (3, 1, 1), Ramp(1.0))]
    links.append(Projection("m", "out", Identity()))
    network = Network(tuple(parts), tuple(links), "in", "out", TtfsCode(), readout="first")
    this = TimedNoise(network, (StuckAt(1, 1.0),), {p.name: engine_order(p.shape) for p in network.populations})
    assert this.stuck("m", np.zeros((1, 3))).tolist() == [[2.0, 3.0, 0.0]]
