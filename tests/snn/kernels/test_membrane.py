"""Noise on potentials: sums of each step, normal draws added to them, and bits that flip."""

import numpy as np

from spikewright.snn.kernels.draws import Drawing, chance_of, draw_rows, keys_of, normal_rows
from spikewright.snn.kernels.membrane import flip, shake_fixed, shake_float, spread

SAMPLES, STEPS, NEURONS = 2, 3, 6
PUBLIC = np.random.default_rng(0).permutation(NEURONS)


def drawing(start, *kinds):
    return Drawing(keys_of(9, 1, *kinds), np.arange(SAMPLES), start, PUBLIC)


def test_one_plane_spreads_over_the_steps():
    sums, planes = np.arange(12, dtype=np.int32).reshape(2, 1, 6), np.empty((2, 3, 6), np.int32)
    spread(sums, np.array([1, 0, 4]), planes)
    np.testing.assert_array_equal(planes, sums * np.array([1, 0, 4])[:, None])


def test_normal_draws_are_added():
    size, weights = np.linspace(0.5, 3, NEURONS), np.array([1, 2, 1])
    of_float, of_fixed = np.zeros((SAMPLES, STEPS, NEURONS), np.float32), np.zeros((SAMPLES, STEPS, NEURONS), np.int32)
    shake_float(of_float, size, weights, drawing(4, 4, 5, 6))
    shake_fixed(of_fixed, size, weights, drawing(4, 4, 5, 6))
    for t in range(STEPS):
        n = np.empty((SAMPLES, NEURONS))
        normal_rows(drawing(4 + t, 4, 5, 6), n)
        np.testing.assert_array_equal(of_float[:, t], (size * weights[t] * n).astype(np.float32))
        np.testing.assert_array_equal(of_fixed[:, t], np.floor(size * weights[t] * n + 0.5))


def test_one_bit_flips_where_the_draw_says_so():
    """Words of 5 bits, two's complement; 7 is the kind that says whether, 13 which bit."""
    before = np.random.default_rng(1).integers(-16, 16, (SAMPLES, NEURONS))
    hits, bits = np.empty((SAMPLES, NEURONS), np.uint64), np.empty((SAMPLES, NEURONS), np.uint64)
    draw_rows(drawing(2, 7), hits)
    draw_rows(drawing(2, 13), bits)
    words = before & 31 ^ np.where(hits < 2**63, 1 << (bits % np.uint64(5)).astype(int), 0)
    potential = before.astype(np.int32)
    flip(potential, 5, chance_of(0.5), drawing(2, 7, 13))
    np.testing.assert_array_equal(potential, (words ^ 16) - 16)
    assert 0 < (potential != before).sum() < before.size
    flip(potential, 5, chance_of(0.0), drawing(2, 7, 13))
    np.testing.assert_array_equal(potential, (words ^ 16) - 16)
