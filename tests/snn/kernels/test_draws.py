"""Draws, compiled and in numpy: the same words for seed, stream, sample, step and neuron."""

import numpy as np
import pytest

from spikewright.snn.disturb import randomness
from spikewright.snn.kernels.draws import Drawing, chance_of, draw_rows, key_of, keys_of, normal_rows

PUBLIC = np.array([4, 0, 2, 3, 1])
MOST = 2**64 - 1


def splitmix(state):
    """The published finaliser, in plain integers."""
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) % 2**64
    return state ^ (state >> 31)


def word(seed, *places):
    for place in places:
        seed = splitmix((seed + 0x9E3779B97F4A7C15 * int(place)) % 2**64)
    return seed


def test_words():
    samples, out = np.array([7, 0]), np.empty((2, 5), np.uint64)
    draw_rows(Drawing(keys_of(11, 3, 2), samples, 6, PUBLIC), out)
    for s, i in np.ndindex(2, 5):
        assert int(out[s, i]) == word(11, 16 * 3 + 2, samples[s], 6, PUBLIC[i])


def test_step_zero_is_what_numpy_draws():
    out, normal = np.empty((3, 5), np.uint64), np.empty((3, 5))
    draw_rows(Drawing(keys_of(5, 0, 4), np.arange(3), 0, np.arange(5)), out)
    np.testing.assert_array_equal(out, randomness.draws(5, 4, 3, 5))
    normal_rows(Drawing(keys_of(5, 0, 4, 5, 6), np.arange(3), 0, np.arange(5)), normal)
    np.testing.assert_array_equal(normal, randomness.normal(5, 4, 3, 5))
    assert np.abs(normal).max() < 6


@pytest.mark.parametrize(
    ("probability", "chance"), [(0.0, (0, False)), (0.5, (2**63, False)), (1.0, (MOST, True)), (1e-30, (0, False))]
)
def test_chances(probability, chance):
    limit, certain = chance_of(probability)
    assert (int(limit), certain) == chance


def test_keys_differ_by_seed_population_and_kind():
    assert len({int(key_of(seed, place, kind)) for seed in range(3) for place in range(3) for kind in range(16)}) == 144
