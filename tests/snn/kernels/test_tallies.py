"""Neurons that add up and compare, from sums that are all there, against the law step by step in numpy."""

import numpy as np
import pytest

from spikewright.snn.kernels.firing import TILE
from spikewright.snn.kernels.tallies import tally

SAMPLES, STEPS, NEURONS = 3, 6, TILE + 5


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize("rows", [1, STEPS])
def test_counts_spikes_and_what_is_left_follow_the_law(two_sided: bool, rows: int) -> None:
    random = np.random.default_rng(rows)
    sums = random.normal(size=(rows, SAMPLES, NEURONS)).astype(np.float32)
    bias, first = (random.normal(size=n).astype(np.float32) for n in (NEURONS, (SAMPLES, NEURONS)))
    up = random.uniform(0.1, 2, NEURONS).astype(np.float32)
    down = random.uniform(0.1, 2, NEURONS).astype(np.float32) if two_sided else np.full(NEURONS, np.inf, np.float32)
    row, factor = np.arange(STEPS) % rows, (np.arange(STEPS) != 2).astype(np.float32)
    V, counts, sent = first.copy(), np.zeros_like(first), np.empty((STEPS, SAMPLES, NEURONS), np.int8)
    tally(sums, row, factor, (V, bias, up, down), counts, sent, (0, SAMPLES))
    left, wanted = first, np.zeros_like(first)
    for t in range(STEPS):
        U = left + (sums[row[t]] + factor[t] * bias)
        over, under = up <= U, -down >= U
        left = np.where(over, U - up, np.where(under, U + np.where(np.isinf(down), 0, down), U)).astype(np.float32)
        np.testing.assert_array_equal(sent[t], over.astype(np.int8) - under.astype(np.int8))
        wanted += sent[t]
    np.testing.assert_array_equal(V, left)
    np.testing.assert_array_equal(counts, wanted)
    assert two_sided == bool((sent < 0).any())


def test_one_row_is_room_enough_and_other_samples_are_left_alone() -> None:
    sums = np.ones((1, 2, 4), np.float32)
    V, counts, room = np.zeros((2, 4), np.float32), np.zeros((2, 4), np.float32), np.empty((1, 2, 4), np.int8)
    zero, one = np.zeros(4, np.float32), np.full(4, 2, np.float32)
    tally(sums, np.zeros(5, np.int64), np.ones(5, np.float32), (V, zero, one, one), counts, room, (1, 2))
    np.testing.assert_array_equal(counts, [[0] * 4, [2] * 4])
    np.testing.assert_array_equal(V, [[0] * 4, [1] * 4])
