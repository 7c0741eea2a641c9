"""Tiles: what is known beforehand to add 64 bytes of neighbouring sources to sixteen targets in sixteen steps at once.

A source pixel has 16, 32 or a multiple of 64 bytes, a byte a channel, zeros behind the last. Of the pixels that a target pixel
sees, those side by side in a row are a run; the squares of 64 bytes that a run lies in are its tiles. Three pixels of 32 bytes
that begin in the middle of a square:

    |................aaaaaaaaaaaaaaaa|bbbbbbbbbbbbbbbbcccccccccccccccc|         two tiles

The weights of the first hold zeros where the pixel before a is. Runs that begin at the same place of a square and go through the
same weight rows share their tiles of weights; tiles that hold zeros alone are left out.
"""

from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import Grid
from spikewright.snn.event.buffers import aligned
from spikewright.snn.event.checks import as_int32, check_tiles
from spikewright.snn.event.routes.digits import Digits, turned_twice
from spikewright.snn.event.taps import Ints, Values
from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.simd_tiles import tile_shape
from spikewright.snn.kernels.tiles import Listed, Tiles, TileViews, TileWork, Unfolded
from spikewright.snn.kernels.trains import Sources

FOUR = 4
"""Sources that are multiplied together."""
MOST_ROWS = 16
"""Rows of a tile."""


class _Runs(NamedTuple):
    """Source pixels side by side in view of a target: the first, how many, and the number of their weights.

    `before`: bytes of other pixels in the square that they begin in.
    """

    target: Ints
    first: Ints
    pixels: Ints
    kind: Ints
    before: Ints


def compile_tiles(
    sources: Sources, views: tuple[NDArray[np.int32], ...], pooled: Grid, digits: Digits, length: int
) -> Tiles:
    """Tiles of weight rows of `length` targets, those of neighbouring channels `sources.row_step` apart.

    `views` as `views_of` has them.
    """
    pixel_bytes, weights, pixels = _pixel_bytes(sources.channels), digits.rows.reshape(-1, length), views[0].size - 1
    if digits.digits > 1:
        first, seen, row = views
        again = turned_twice(first, np.arange(seen.size + 1, dtype=np.int32), seen, row, len(weights) // digits.digits)
        views = again[0], again[2], again[3]
    runs, kinds = _runs(views, pooled[2], pixel_bytes)
    first_of_kind, weight = _weight_tiles(kinds, weights, sources, pixel_bytes)
    extent = runs.pixels * pixel_bytes
    number = -(-(runs.before + extent) // BLOCK)
    which = np.repeat(np.arange(number.size), number)
    k = np.arange(which.size) - np.repeat(np.cumsum(number) - number, number)
    of_weights = first_of_kind[runs.kind[which]] + k
    used = np.asarray(weight.any(axis=(1, 2, 3, 4)))[of_weights]
    which, k, of_weights = which[used], k[used], of_weights[used]
    pixel, target = runs.first[which], runs.target[which]
    row, begin = pixel // pooled[2], BLOCK * k - runs.before[which]
    square = (pixel % pooled[2] * pixel_bytes + begin) // BLOCK
    words = max(1, pixel_bytes // BLOCK)
    if pixel_bytes >= BLOCK:
        unit, units = pixel * words + k, np.ones_like(k)
    else:
        unit = pixel + np.maximum(begin, 0) // pixel_bytes
        last = np.minimum(begin + BLOCK, extent[which])
        units = pixel + -(-last // pixel_bytes) - unit
    until, held = _needed(target % pixels, row, pixels)
    tiles = Tiles(
        sources=sources,
        width=pooled[2],
        pixel_bytes=pixel_bytes,
        units=words,
        views=TileViews(
            first=as_int32(np.searchsorted(target, np.arange(views[0].size))),
            until=as_int32(until),
            tile=np.ascontiguousarray(as_int32(np.stack([row, square, unit, units, of_weights], axis=1))),
        ),
        weight=weight.reshape(-1),
        length=length,
        held=held,
        unit=digits.unit,
        digits=digits.digits,
    )
    check_tiles(tiles, pixels * length)
    return tiles


def count_tiles(sources: Sources, views: tuple[NDArray[np.int32], ...], pooled: Grid) -> int:
    """How many tiles all target pixels see together, those that hold zeros alone among them."""
    pixel_bytes = _pixel_bytes(sources.channels)
    runs = _runs(views, pooled[2], pixel_bytes)[0]
    return int((-(-(runs.before + runs.pixels * pixel_bytes) // BLOCK)).sum())


def _runs(views: tuple[NDArray[np.int32], ...], width: int, pixel_bytes: int) -> tuple[_Runs, list[tuple[int, ...]]]:
    """The runs in the order of targets, and the weight rows of each kind of them."""
    first_seen, seen, row = (part.astype(np.int64) for part in views)
    target = np.repeat(np.arange(first_seen.size - 1), np.diff(first_seen))
    order = np.lexsort((seen, target))
    target, seen, row = target[order], seen[order], row[order]
    begins = np.ones(seen.size, bool)
    if pixel_bytes < BLOCK:
        begins[1:] = (np.diff(seen) != 1) | (np.diff(target) != 0) | (seen[1:] % width == 0)
    first = np.flatnonzero(begins)
    count = np.diff(np.append(first, seen.size))
    before = seen[first] % width * pixel_bytes % BLOCK
    numbers: dict[tuple[int, ...], int] = {}
    parts = zip(before.tolist(), first, count, strict=True)
    of_runs = ((skipped, *row[at : at + some].tolist()) for skipped, at, some in parts)
    kind = np.array([numbers.setdefault(one, len(numbers)) for one in of_runs], np.int64)
    return _Runs(target[first], seen[first], count, kind, before), list(numbers)


def _pixel_bytes(channels: int) -> int:
    """Bytes of a pixel: so many that 64 bytes are a whole number of pixels, or the other way round."""
    return next((some for some in (16, 32) if channels <= some), -(-channels // BLOCK) * BLOCK)


def _weight_tiles(
    kinds: list[tuple[int, ...]], weights: Values, sources: Sources, pixel_bytes: int
) -> tuple[Ints, NDArray[np.int8]]:
    """Where the tiles of each kind begin, and all of them `(tiles, quarters, fours, targets of a quarter, sources of a four)`."""
    length = weights.shape[1]
    quarters = -(-length // QUARTER)
    number = np.array([-(-(before + len(rows) * pixel_bytes) // BLOCK) for before, *rows in kinds], np.int64)
    first = np.cumsum(number) - number
    shape = int(number.sum()), quarters, BLOCK // FOUR, QUARTER, FOUR
    whole = aligned(prod(shape), np.int8).reshape(shape)
    for (before, *rows), begin, some in zip(kinds, first, number, strict=True):
        held = np.zeros((some * BLOCK, quarters * QUARTER), np.int8)
        for place, row in enumerate(rows):
            of_pixel = weights[row : row + (sources.channels - 1) * sources.row_step + 1 : sources.row_step]
            held[before + place * pixel_bytes :][: sources.channels, :length] = of_pixel
        parts = held.reshape(some, BLOCK // FOUR, FOUR, quarters, QUARTER)
        whole[begin : begin + some] = parts.transpose(0, 3, 1, 4, 2)
    return first, whole


def _needed(target: Ints, row: Ints, pixels: int) -> tuple[Ints, int]:
    """Below which row each target pixel needs source rows, or any before it did, and how many are needed at once."""
    until, begin = np.zeros(pixels, np.int64), np.full(pixels, np.iinfo(np.int64).max)
    np.maximum.at(until, target, row + 1)
    np.minimum.at(begin, target, row)
    until = np.maximum.accumulate(until) if pixels else until
    seeing = np.isin(np.arange(pixels), target)
    return until, int((until - begin)[seeing].max(initial=1))


def samples_beside(planes: int) -> int:
    """How many samples of so many planes fill the rows of a tile."""
    return max(1, MOST_ROWS // planes)


def tile_room(tiles: Tiles, planes: int, masked: bool) -> TileWork:
    """Room for samples of so many planes; for masks only as many source rows as are needed at once."""
    samples = samples_beside(planes)
    blocks = -(-planes * samples // MOST_ROWS)
    rows = -(-planes * samples // (blocks * FOUR)) * FOUR  # shares of samples have so many columns
    height = len(tiles.sources.windows) // tiles.width
    held = min(tiles.held, height) if masked else height
    slab = -(-tiles.width * tiles.pixel_bytes // BLOCK) * blocks * rows * BLOCK
    most = int(np.diff(tiles.views.first).max(initial=0)) + 1
    return TileWork(
        unfolded=Unfolded(aligned(held * slab + BLOCK, np.uint8), rows, blocks),
        slab=(np.arange(height) % held * slab).astype(np.uint64),
        fired=np.zeros(len(tiles.sources.windows) * tiles.units, np.uint8),
        tile=aligned((blocks * rows + 1) * BLOCK, np.int32),
        listed=Listed(np.zeros(most, np.uint64), np.zeros(most, np.uint64)),
        totals=np.zeros(BLOCK, np.uint8),
        shape=np.frombuffer(bytearray(tile_shape(rows)), np.uint8),
        samples=samples,
    )
