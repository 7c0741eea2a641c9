"""Tiles: what is known beforehand to add 64 bytes of neighbouring sources to sixteen targets in sixteen steps at once.

A source pixel has 16, 32 or a multiple of 64 bytes, a byte a channel, zeros behind the last. Of the pixels that a target pixel
sees, those side by side in a row are a run; the squares of 64 bytes that a run lies in are its tiles. Three pixels of 32 bytes
that begin in the middle of a square:

    |................aaaaaaaaaaaaaaaa|bbbbbbbbbbbbbbbbcccccccccccccccc|         two tiles

The weights of the first hold zeros where the pixel before a is. Runs that begin at the same place of a square and go through the
same weight rows share their tiles of weights; tiles that hold zeros alone are left out. In float32 a square has 32 sources, and
each tile comes once for each of the numbers that its weights are sums of (`snn.event.routes.halves`).
"""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import Grid
from spikewright.snn.event.buffers import aligned
from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.routes.digits import Digits, turned_twice
from spikewright.snn.event.routes.product_checks import check_tiles
from spikewright.snn.event.routes.tile_weights import Runs, pixel_bytes_of, runs_by_kind, weight_tiles
from spikewright.snn.event.taps import Ints, Values
from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.simd_tiles import tile_shape
from spikewright.snn.kernels.tiles import Listed, Tiles, TileViews, TileWork, Unfolded
from spikewright.snn.kernels.trains import Sources

HALF = BLOCK // 2
"""Sources of a square whose numbers have two bytes."""
COLUMNS = 4
"""Samples that are worked on together have a multiple of so many."""
MOST_ROWS = 16
"""Rows of a tile."""


def compile_tiles(
    sources: Sources,
    views: tuple[NDArray[np.int32], ...],
    pooled: Grid,
    weights: Digits | NDArray[np.uint16],
    length: int,
) -> Tiles:
    """Tiles of weight rows of `length` targets, those of neighbouring channels `sources.row_step` apart.

    `views` as `views_of` has them; `weights`: bytes, or as `halves_of` has them.
    """
    pixel_bytes, pixels, side = pixel_bytes_of(sources.channels), views[0].size - 1, BLOCK
    rows: Values
    if isinstance(weights, Digits):
        unit, digits, rows = weights.unit, weights.digits, weights.rows.reshape(1, -1, length)
    else:
        unit, digits, rows, side = np.zeros(0, np.int32), 1, weights.reshape(len(weights), -1, length), HALF
    if digits > 1:
        first, seen, row = views
        again = turned_twice(first, np.arange(seen.size + 1, dtype=np.int32), seen, row, rows.shape[1] // digits)
        views = again[0], again[2], again[3]
    runs, kinds = runs_by_kind(views, pooled[2], pixel_bytes, side)
    first_of_kind, weight = weight_tiles(kinds, rows, sources, pixel_bytes)
    target, tile = _seen(runs, (first_of_kind, weight), len(rows), (pooled[2], pixel_bytes, side))
    until, held = _needed(target % pixels, tile[:, 0], pixels)
    tiles = Tiles(
        sources=sources,
        width=pooled[2],
        pixel_bytes=pixel_bytes,
        units=max(1, pixel_bytes // BLOCK),
        views=TileViews(
            first=as_int32(np.searchsorted(target, np.arange(views[0].size))),
            until=as_int32(until),
            tile=np.ascontiguousarray(as_int32(tile)),
        ),
        weight=weight.reshape(-1).view(np.int8),
        length=length,
        held=held,
        unit=unit,
        digits=digits,
        side=side,
    )
    check_tiles(tiles, pixels * length)
    return tiles


def _seen(runs: Runs, weights: tuple[Ints, Values], parts: int, sizes: tuple[int, int, int]) -> tuple[Ints, Ints]:
    """The target of each tile in view, and its row of `TileViews.tile`; those of zeros alone are left out.

    `weights`: where those of each kind begin, and all of them, one part after the other; `sizes`: width of a row, bytes of a
    pixel, sources of a square.
    """
    (first_of_kind, weight), (width, pixel_bytes, side) = weights, sizes
    extent = runs.pixels * pixel_bytes
    number = -(-(runs.before + extent) // side)
    which = np.repeat(np.arange(number.size), number)
    k = np.arange(which.size) - np.repeat(np.cumsum(number) - number, number)
    of_weights = first_of_kind[runs.kind[which]] + k
    of_weights = (of_weights[:, None] + len(weight) // parts * np.arange(parts)).reshape(-1)
    which, k = np.repeat(which, parts), np.repeat(k, parts)
    used = np.asarray(weight.any(axis=(1, 2, 3, 4)))[of_weights]
    which, k, of_weights = which[used], k[used], of_weights[used]
    pixel, begin = runs.first[which], side * k - runs.before[which]
    square = (pixel % width * pixel_bytes + begin) // side
    if pixel_bytes >= side:
        unit, units = pixel * max(1, pixel_bytes // BLOCK) + side * k // BLOCK, np.ones_like(k)
    else:
        unit = pixel + np.maximum(begin, 0) // pixel_bytes
        last = np.minimum(begin + side, extent[which])
        units = pixel + -(-last // pixel_bytes) - unit
    return runs.target[which], np.stack([pixel // width, square, unit, units, of_weights], axis=1)


def _needed(target: Ints, row: Ints, pixels: int) -> tuple[Ints, int]:
    """Below which row each target pixel needs source rows, or any before it did, and how many are needed at once."""
    until, begin = np.zeros(pixels, np.int64), np.full(pixels, np.iinfo(np.int64).max)
    np.maximum.at(until, target, row + 1)
    np.minimum.at(begin, target, row)
    until = np.maximum.accumulate(until) if pixels else until
    seeing = np.isin(np.arange(pixels), target)
    return until, int((until - begin)[seeing].max(initial=1))


def samples_beside(planes: int) -> int:
    """How many samples of so many planes lie side by side: they fill two tiles, which go through the same weights, where they
    fill one; each has columns of its own, and no other sample's, where its planes are more than half of a tile's rows."""
    return max(1, 2 * MOST_ROWS // planes if 2 * planes <= MOST_ROWS else MOST_ROWS // planes)


def tile_room(tiles: Tiles, planes: int, masked: bool, count: int | None = None) -> TileWork:
    """Room for samples of so many planes, side by side if the `count` of all is not less; for masks only as many source rows as
    are needed at once."""
    samples = samples_beside(planes) if count is None else max(1, min(count, samples_beside(planes)))
    blocks = -(-planes * samples // MOST_ROWS)
    rows = -(-planes * samples // (blocks * COLUMNS)) * COLUMNS  # shares of samples have so many columns
    height = len(tiles.sources.windows) // tiles.width
    held = min(tiles.held, height) if masked else height
    slab = -(-tiles.width * tiles.pixel_bytes // BLOCK) * blocks * rows * BLOCK
    most = int(np.diff(tiles.views.first).max(initial=0)) + 1
    real, sent = tiles.side < BLOCK, aligned(held * slab + BLOCK, np.uint8)
    return TileWork(
        unfolded=Unfolded(sent, aligned(2 * held * slab + BLOCK, np.uint8) if real else sent, rows, blocks),
        slab=(np.arange(height) % held * slab).astype(np.uint64),
        fired=np.zeros(len(tiles.sources.windows) * tiles.units, np.uint8),
        tile=aligned((blocks * rows + 1) * BLOCK, np.float32 if real else np.int32),
        listed=Listed(np.zeros(most, np.uint64), np.zeros(most, np.uint64)),
        totals=np.zeros(BLOCK, np.uint8),
        shape=np.frombuffer(bytearray(tile_shape(rows)), np.uint8),
        samples=samples,
    )
