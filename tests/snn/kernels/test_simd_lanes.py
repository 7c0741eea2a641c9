"""Weights times trains, several sources and vectors at once, against the sums that they are."""

import numpy as np
import pytest

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd import VECTOR_BYTES
from spikewright.snn.kernels.simd_lanes import list_to_lanes, rows_to_lanes

one_list, two_of_four = list_to_lanes(1), rows_to_lanes(4, 2)
CHANNELS = 5


@compiled
def by_list(tile, length, train, at, channel, weight):
    word = np.uint64
    one_list(tile, word(0), word(length), train, word(at), channel, weight, word(1), word(channel.size))


@compiled
def by_rows(tile, length, train, weight, channels):
    word = np.uint64
    at = (word(0), word(length), word(2 * length), word(3 * length))
    row = (word(0), word(channels), word(2 * channels), word(3 * channels))
    two_of_four(tile, word(0), word(length), train, at, weight, row, word(channels))


def given(kind, vectors):
    random = np.random.default_rng(0)
    length = vectors * VECTOR_BYTES // np.dtype(kind).itemsize
    tile, train = random.integers(-9, 9, (CHANNELS, length)), random.integers(0, 3, (4, length))
    return tile.astype(kind), train.astype(kind), random.integers(-9, 9, (4, CHANNELS)).astype(kind), length


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_survivors_of_a_row(kind):
    """From the second survivor on; the train of the third source."""
    tile, train, _, length = given(kind, 1)
    channel, weight, wanted = np.array([0, 1, 4], np.uint16), np.array([7, -2, 3], kind), tile.copy()
    wanted[1] -= 2 * train[2]
    wanted[4] += 3 * train[2]
    by_list(tile.reshape(-1), length, train.reshape(-1), 2 * length, channel, weight)
    np.testing.assert_array_equal(tile, wanted)


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_four_rows(kind):
    tile, train, weight, length = given(kind, 2)
    wanted = tile + weight.T @ train
    by_rows(tile.reshape(-1), length, train.reshape(-1), weight.reshape(-1), CHANNELS)
    np.testing.assert_array_equal(tile, wanted)
