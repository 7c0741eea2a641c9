"""The plain engine of learning: its draws are the published ones, one neuron a step fires."""

import numpy as np

from spikewright.snn.learning import reference
from spikewright.snn.learning.run import start_stdp
from tests.snn.disturb.test_noise import draw_of
from tests.snn.learning.test_run import small


def test_inputs_fire_by_their_draws() -> None:
    learned = start_stdp(small(inputs=3), 5)
    spikes = reference.input_spikes(learned, np.array([0.0, 0.5, 1.0]), 1, (6, 2))
    chance = learned.network.shown.chance(1)
    for (step, i), fired in np.ndenumerate(spikes):
        assert fired == (draw_of(5, 6, 2, step, i) < int(0.5 * i * chance * 2.0**64))


def test_without_learning_nothing_changes() -> None:
    learned = start_stdp(small(), 1)
    before = learned.weights.copy()
    responses = reference.answer(learned, np.ones((2, 9), np.float32), 0, 3)
    assert (
        np.array_equal(learned.weights, before) and responses.counts.shape == (2, 5) and responses.attempts.min() >= 1
    )
