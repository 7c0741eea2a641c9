"""The tile of a target pixel: it begins as the planes do, gets weights times trains, and goes to the planes transposed."""

import numpy as np
import pytest

from spikewright.snn.kernels.lane_tiles import begin_tile, gather_lists, gather_rows, store_tile
from tests.snn.kernels.weights import dense_lanes, drawn, spikes, workspace

SOURCES = 7


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize(("fired", "steps"), [(0, 5), (3, 16), (6, 33)])
@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_a_tile_gathers_what_fired(kind, fired, steps, listed):
    """Of the sources only those that fired; four of them at a time and the rest, in whole vectors of steps."""
    targets = 21
    weights, sent = drawn(0, SOURCES, targets, 0.5, kind), spikes(1, 1, steps, SOURCES)[0]
    lanes, work = dense_lanes(weights, listed), workspace(SOURCES, targets, steps, kind)
    length = work.train.size // SOURCES
    work.train.reshape(SOURCES, length)[:, :steps] = sent.T
    work.active[0, :fired], work.fired[0] = np.arange(SOURCES)[::-1][:fired], fired
    begin = np.arange(targets, dtype=kind).reshape(1, targets)
    begin_tile(work.tile, begin, np.uint64(0), np.uint64(targets), np.uint64(length))
    gather = gather_lists if listed else gather_rows
    assert gather(work, lanes, np.uint64(0), np.uint64(length)) == (fired > 0)
    acting = np.where(np.arange(SOURCES) >= SOURCES - fired, 1, 0)
    found = work.tile.reshape(targets, length)[:, :steps]
    np.testing.assert_array_equal(found.T, begin + (sent * acting) @ weights)


def test_a_tile_of_nothing_begins_with_zeros():
    tile = np.full(6 * 4, 9, np.int32)
    begin_tile(tile, np.zeros((1, 0), np.int32), np.uint64(0), np.uint64(5), np.uint64(4))
    assert tile.tolist() == [0] * 20 + [9] * 4


@pytest.mark.parametrize(("width", "steps"), [(16, 16), (21, 5), (40, 33)])
@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_the_way_to_the_planes(kind, width, steps):
    """Channels that fill no whole unit overlap; steps and channels of others stay as they are."""
    length, stride, first = -(-steps // 16) * 16, width + 3, 2
    tile = np.random.default_rng(0).integers(-99, 99, (width, length)).astype(kind)
    planes = np.full((steps, stride), 7, kind)
    wanted = planes.copy()
    wanted[:, first : first + width] = tile[:, :steps].T
    sizes = (np.uint64(width), np.uint64(stride)), (np.uint64(length), np.uint64(steps))
    store_tile(planes.reshape(-1), tile.reshape(-1), np.uint64(first), *sizes)
    np.testing.assert_array_equal(planes, wanted)
