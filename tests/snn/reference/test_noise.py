"""Noise in the reference, place by place: draws, words of a declared width, spikes on their way."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Identity,
    PotentialBitFlips,
    RateCode,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
)
from spikewright.snn.reference.noise import ON_THE_WAY, Draws, below, flipped, stuck, transmitted
from tests.snn.disturb.test_noise import draw_of
from tests.snn.small import single

NETWORK = single(((4,), (4,)), IF(2), Identity(1), RateCode(3), numbers="fixed", potential_bits=6)
A = NETWORK.by_name["a"]
SENT = np.array([[[1, 0, 1, 0]], [[0, 1, 1, 0]], [[1, 1, 0, 0]]])


def test_draws_are_the_published_ones() -> None:
    words = Draws(1, (4,)).words(9, 2, 2, 5)
    assert words.tolist() == [[draw_of(9, 16 + 2, sample, 5, neuron) for neuron in range(4)] for sample in range(2)]
    assert below(words, 1.0).all() and not below(words, 0.0).any()


def test_one_bit_of_a_word_is_flipped() -> None:
    before = np.array([[0, 1, -1, 31]])
    after = flipped(NETWORK, A, PotentialBitFlips(1.0, 3), before, 0)
    changed = (before ^ after) & 0b111111
    assert np.all((changed & (changed - 1)) == 0) and np.all(changed > 0) and after.min() >= -32 and after.max() <= 31


@pytest.mark.parametrize("value", [0, 1])
def test_a_stuck_neuron_sends_always_the_same(value: int) -> None:
    assert np.all(stuck(NETWORK, A, StuckAt(value, 1.0), SENT[0]) == value)
    assert np.array_equal(stuck(NETWORK, A, StuckAt(value, 1.0, populations=("in",)), SENT[0]), SENT[0])


def test_on_their_way() -> None:
    assert not transmitted(NETWORK, A, SpikeDeletion(1.0), SENT, 0).any()
    assert np.array_equal(transmitted(NETWORK, A, SpikeInsertion(1.0), SENT, 0), np.ones_like(SENT))
    moved = transmitted(NETWORK, A, SpikeJitter(2, 1), SENT, 0)
    assert np.array_equal(moved.sum(axis=0), SENT.sum(axis=0)) and not np.array_equal(moved, SENT)
    assert transmitted(NETWORK, A, StuckAt(1, 1.0), SENT, 0) is SENT and StuckAt not in ON_THE_WAY
