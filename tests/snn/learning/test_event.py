"""The compiled engine of learning leaves its state alone unless it learns."""

import numpy as np

from spikewright.snn.learning import event, reference
from spikewright.snn.learning.run import start_stdp
from tests.snn.learning.test_run import images_of, small


def test_answers_are_those_of_the_plain_engine() -> None:
    learned, pixels = start_stdp(small(), 4), images_of(2).reshape(-1, 9).astype(np.float32)
    fast, slow = event.answer(learned, pixels, 3, 2), reference.answer(learned, pixels, 3, 2)
    assert np.array_equal(fast.counts, slow.counts) and np.array_equal(fast.attempts, slow.attempts)
    assert np.array_equal(fast.input_spikes, slow.input_spikes)


def test_training_changes_the_state_in_place() -> None:
    learned, pixels = start_stdp(small(), 4), images_of(2).reshape(-1, 9).astype(np.float32)
    state = learned.weights.copy(), learned.theta.copy()
    event.train(learned, state, pixels, 0)
    assert not np.array_equal(state[0], learned.weights) and state[1].max() > 0
