"""Tiles: weights as the kernel multiplies them, the squares and units in view, and the room to work in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.routes.tile_weights import count_tiles
from spikewright.snn.event.routes.tiles import tile_room
from spikewright.snn.event.routes.views import views_of
from spikewright.snn.event.synapse_taps import taps_of
from tests.snn.event.routes.test_dots import by_tiles, wanted_of

CHANNELS = st.sampled_from([1, 6, 16, 24, 32, 33, 64, 70, 128])
SHAPES = st.sampled_from(
    [((3, 3), (1, 1), (1, 1)), ((5, 5), (1, 1), (0, 0)), ((3, 2), (2, 1), (1, 0)), ((1, 1), (1, 1), (0, 0))]
)


def planned(channels, targets, shape, seed, dilation=(1, 1), real=False):
    """A convolution of a map of 7 x 6 by tiles, its weights and taps; `real`: float32, of which many need three numbers."""
    (kernel, stride, padding), random = shape, np.random.default_rng(seed)
    weights = random.integers(-128, 128, (targets, channels, *kernel)) * (
        random.random((targets, channels, 1, 1)) < 0.7
    )
    if real:
        weights = (weights * random.choice([1, 257, 2**16 + 257])).astype(np.float32)
    kind = np.float32 if real else np.int32
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    size = [
        (side + 2 * pad - (one - 1) * apart - 1) // step + 1
        for side, one, step, pad, apart in zip((7, 6), kernel, stride, padding, dilation, strict=True)
    ]
    wanted = wanted_of(weights, (channels, 7, 6), (targets, *size), kind=kind, synapse=options, first=False)
    return by_tiles(wanted), taps_of(wanted.network, wanted.projection), wanted


def unpacked(tiles):
    """The weights `(target pixels, source pixels, channels, targets)` of a plan, and the units that each tile looks at."""
    quarters, side = -(-tiles.length // 16), tiles.side
    per_square = side // min(side, tiles.pixel_bytes)
    weight = tiles.weight.reshape(-1, quarters, 16, 16, 4).astype(np.int64)
    if side == 32:
        bits = tiles.weight.view(np.uint16).reshape(-1, quarters, 16, 16, 2).astype(np.uint32)
        weight = (bits << 16).view(np.float32).astype(np.int64)
    found = np.zeros(
        (tiles.views.first.size - 1, len(tiles.sources.windows), tiles.pixel_bytes, tiles.length), np.int64
    )
    for p in range(len(found)):
        for row, square, unit, units, number in tiles.views.tile[tiles.views.first[p] : tiles.views.first[p + 1]]:
            rows = weight[number].transpose(1, 3, 0, 2).reshape(side, -1)[:, : tiles.length]
            assert rows.any()
            for byte in np.flatnonzero(rows.any(axis=1)):
                at = side * square + byte
                pixel = row * tiles.width + at // tiles.pixel_bytes
                assert unit <= pixel * tiles.units + at % tiles.pixel_bytes // 64 < unit + units
                found[p, pixel, at % tiles.pixel_bytes] += rows[byte]
            assert units <= per_square and row < tiles.views.until[p] <= row + tiles.held
    assert not found[:, :, tiles.sources.channels :].any()
    return found[:, :, : tiles.sources.channels]


@settings(max_examples=40, deadline=None)
@given(CHANNELS, st.integers(6, 70), SHAPES, st.sampled_from([(1, 1), (2, 2)]), st.booleans(), st.integers(0, 2**20))
def test_convolutions(channels, targets, shape, dilation, real, seed):
    """Every weight once, or all the numbers that it is a sum of, where its source lies; tiles of zeros are left out."""
    if dilation != (1, 1) and shape[0] == (5, 5):
        shape = ((3, 3), (1, 1), (1, 1))
    route, taps, wanted = planned(channels, targets, shape, seed, dilation, real)
    views = views_of(taps, wanted.pooled)
    rows = np.asarray(taps.weights).reshape(-1, taps.length)
    whole = np.zeros((views[0].size - 1, 42, channels, targets), np.int64)
    for p in range(len(whole)):
        for pair in range(views[0][p], views[0][p + 1]):
            whole[p, views[1][pair]] = rows[views[2][pair] :: len(taps.taps)][:channels]
    np.testing.assert_array_equal(unpacked(route.dots), whole)
    most = 3 if real else 1
    assert len(route.dots.views.tile) <= most * count_tiles(route.dots.sources, views, wanted.pooled, route.dots.side)


@pytest.mark.parametrize(
    ("shape", "tiles"), [((784,), 13), ((64, 4, 4), 16), ((6, 4, 4), 4), ((32, 3, 3), 6), ((1, 5, 5), 10)]
)
def test_dense_layers(shape, tiles):
    """64 bytes after 64 of the whole map: pixels of a row share squares, rows do not."""
    weights = np.random.default_rng(0).integers(1, 100, (20, int(np.prod(shape))))
    found = by_tiles(wanted_of(weights, shape, first=False)).dots
    assert len(found.views.tile) == tiles and found.views.first.size == 2
    whole = weights.reshape(20, shape[0], -1).transpose(2, 1, 0)
    np.testing.assert_array_equal(unpacked(found)[0], whole)


@pytest.mark.parametrize(("planes", "samples", "blocks", "rows"), [
    (1, 32, 2, 16), (3, 10, 2, 16), (4, 8, 2, 16), (8, 4, 2, 16), (9, 1, 1, 12), (16, 1, 1, 16), (17, 1, 2, 12), (32, 1, 2, 16),
    (33, 1, 3, 12), (64, 1, 4, 16),
])  # fmt: skip
def test_the_room(planes, samples, blocks, rows):
    """Samples of few planes side by side; blocks of one height; rows of source pixels all, or those needed at once."""
    tiles = planned(24, 16, ((3, 3), (1, 1), (1, 1)), 0)[0].dots
    assert (tiles.pixel_bytes, tiles.units, tiles.width, tiles.held) == (32, 1, 6, 3)
    for masked, held in ((False, 7), (True, 3)):
        work = tile_room(tiles, planes, masked)
        assert (work.samples, work.unfolded.blocks, work.unfolded.rows) == (samples, blocks, rows)
        slab = 3 * 64 * blocks * rows
        assert work.unfolded.sent.size == held * slab + 64 and work.tile.size == (blocks * rows + 1) * 64
        assert work.slab.tolist() == [row % held * slab for row in range(7)]
        assert work.unfolded.sent.ctypes.data % 64 == work.tile.ctypes.data % 64 == 0
        assert work.listed.at.size > np.diff(tiles.views.first).max()
    assert tiles.weight.ctypes.data % 64 == 0


@pytest.mark.parametrize(
    ("planes", "count", "samples", "blocks", "rows"),
    [
        (7, 1, 1, 1, 8),
        (7, 2, 2, 1, 16),
        (7, 3, 3, 2, 12),
        (7, 9, 4, 2, 16),
        (1, 5, 5, 1, 8),
        (32, 9, 1, 2, 16),
        (8, 0, 1, 1, 8),
    ],
)
def test_the_room_of_fewer_samples(planes, count, samples, blocks, rows):
    """No more columns than there is anything for: a single image does not wait for the place of others."""
    tiles = planned(24, 16, ((3, 3), (1, 1), (1, 1)), 0)[0].dots
    work = tile_room(tiles, planes, False, count)
    assert (work.samples, work.unfolded.blocks, work.unfolded.rows) == (samples, blocks, rows)


def test_the_room_of_real_numbers():
    """Two squares for one, sums in float32."""
    tiles = planned(24, 16, ((3, 3), (1, 1), (1, 1)), 0, real=True)[0].dots
    work = tile_room(tiles, 32, masked=True)
    assert (tiles.side, work.tile.dtype, work.unfolded.sent.size) == (32, np.float32, 3 * 3 * 64 * 32 + 64)
    assert work.unfolded.tiled.size == 2 * 3 * 3 * 64 * 32 + 64 and work.unfolded.tiled.ctypes.data % 64 == 0
    whole = planned(24, 16, ((3, 3), (1, 1), (1, 1)), 0)[0].dots
    assert tile_room(whole, 32, masked=True).unfolded.tiled.size == work.unfolded.sent.size


def test_weights_that_are_all_zero():
    """No tile is left, and no row of source pixels is needed at once but one."""
    found = by_tiles(wanted_of(np.zeros((16, 5)), first=False)).dots
    assert len(found.views.tile) == 0 and found.held == 1 and found.views.until.tolist() == [0]
