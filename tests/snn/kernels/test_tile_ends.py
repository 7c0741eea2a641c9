"""What a tile begins with, and what is done to it in the end."""

import numpy as np
import pytest

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.tile_ends import Beside, add_beside, put_held, take_sums, times_256, times_unit
from spikewright.snn.kernels.trains import SampleShare
from tests.snn.kernels.test_masks import masks_of

BLOCK, COLUMNS, LENGTH = 64, 8, 70


def share_of(samples, planes):
    """Samples from the second on."""
    return SampleShare(*map(np.uint64, (1, samples, planes, COLUMNS)))


@compiled
def begun(tile, held, first, width, share, added):
    word = np.uint64
    if added:
        put_held(tile, held, word(first), word(width), share, True)
    else:
        put_held(tile, held, word(first), word(width), share, False)


@compiled
def taken(sums, tile, first, width, share):
    take_sums(sums, tile, np.uint64(first), np.uint64(width), share)


@compiled
def factored(tile, unit, first, width):
    word = np.uint64
    times_256(tile, word(COLUMNS))
    times_unit(tile, unit, word(first), word(width), word(COLUMNS))


@compiled
def beside(tile, around, column, width, share):
    add_beside(tile, around, (np.uint64(1), np.uint64(column)), np.uint64(width), share)


@pytest.mark.parametrize("planes", [1, 4])
@pytest.mark.parametrize("kind", [np.int16, np.int32, np.float32])
@pytest.mark.parametrize("added", [True, False])
def test_what_is_held(planes, kind, added):
    """Of two samples of four columns: a plane for each, or one for all of a sample; columns behind the width stay."""
    random = np.random.default_rng(planes)
    tile = random.integers(-99, 99, (COLUMNS, BLOCK)).astype(np.float32 if kind is np.float32 else np.int32)
    held, before = random.integers(-99, 99, (3, planes, 100)).astype(kind), tile.copy()
    begun(tile.reshape(-1), held, 30, 50, share_of(2, 4), added)
    wanted = np.concatenate([np.broadcast_to(held[s, :, 30:80], (4, 50)) for s in (1, 2)])
    np.testing.assert_array_equal(tile[:, :50], wanted + before[:, :50] * added)
    np.testing.assert_array_equal(tile[:, 50:], before[:, 50:])


def test_what_planes_get():
    """Of two samples of four columns, in some targets; nothing else of the planes is touched."""
    tile = np.arange(COLUMNS * BLOCK, dtype=np.int32).reshape(COLUMNS, BLOCK)
    sums = np.full((4, 4, 100), -1, np.int32)
    taken(sums, tile.reshape(-1), 30, 50, share_of(2, 4))
    np.testing.assert_array_equal(sums[1:3, :, 30:80].reshape(8, 50), tile[:, :50])
    sums[1:3, :, 30:80] = -1
    assert np.all(sums == -1)


def test_factors():
    """256 for all, then those of some channels; exact modulo 2**32."""
    random = np.random.default_rng(0)
    tile, unit = random.integers(-(2**30), 2**30, (COLUMNS, BLOCK)).astype(np.int32), random.integers(1, 999, 90)
    wanted = tile.astype(np.int64) * 256
    wanted[:, :50] *= unit[20:70]
    factored(tile.reshape(-1), unit.astype(np.int32), 20, 50)
    np.testing.assert_array_equal(tile, wanted.astype(np.int32))


@pytest.mark.parametrize("column", [0, 64])
def test_a_shortcut(column):
    """Of 70 channels the first 64 or the last six, of the second pixel."""
    random = np.random.default_rng(column)
    fired = random.integers(0, 2, (3, 4, 2, LENGTH)).astype(np.uint8)
    gain = random.integers(-99, 99, 128).astype(np.int32)
    tile = random.integers(-99, 99, (COLUMNS, BLOCK)).astype(np.int32)
    width, wanted = min(BLOCK, LENGTH - column), tile.copy()
    wanted[:, :width] += (fired[1:, :, 1] * gain[:LENGTH]).reshape(COLUMNS, LENGTH)[:, column : column + width]
    around = Beside(masks_of(fired.reshape(3, 4, -1), LENGTH).words, gain)
    beside(tile.reshape(-1), around, column, width, share_of(2, 4))
    np.testing.assert_array_equal(tile, wanted)
