"""Dot products by tiles: all sources in view of a target pixel, 64 bytes of them at a time, sixteen steps times sixteen targets.

for each target pixel p and block of 64 of its channels:        sums (steps, 64), 32 bits
    for each 64 bytes of neighbouring source channels in view of p of which any sent at all:
        16 steps times 64 sources, by 64 sources times 16 targets, in one instruction

Weights lie in tiles beforehand, and nothing is gathered: a source that is silent beside one that is not costs less than looking
for it would. Rows of source pixels are unfolded into bytes when the first target pixel needs them, and forgotten when none does.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.fire_masks import fire_block
from spikewright.snn.kernels.jit import compiled, inlined, merged
from spikewright.snn.kernels.simd_tiles import TILE, configure, multiply_of, release
from spikewright.snn.kernels.tile_ends import add_beside, put_held, take_sums, times_256, times_unit
from spikewright.snn.kernels.trains import Sources, share_of
from spikewright.snn.kernels.unfolding import unfold_events, unfold_next

two_by_two, two_by_one = multiply_of(2, 2), multiply_of(2, 1)
one_by_four, one_by_two, one_by_one = multiply_of(1, 4), multiply_of(1, 2), multiply_of(1, 1)


class TileViews(NamedTuple):
    """What each target pixel sees: pixel p the tiles first[p]:first[p + 1], in rows of source pixels below until[p].

    A row of `tile`: source row, number of the square in it, first unit of all, how many units, and where its weights begin, in
    tiles.
    """

    first: NDArray[np.int32]
    until: NDArray[np.int32]
    tile: NDArray[np.int32]


class Tiles(NamedTuple):
    """What reaches each target pixel, and through which weights.

    Source pixels of a row, `width` of them, have `pixel_bytes` each, channel by channel: 16, 32 or a multiple of 64; how their
    squares lie is in `snn.kernels.unfolding`. Whether anything was sent is known of units, `units` of a pixel: of 64 bytes, or
    whole pixels. `weight`: tiles of 1,024 bytes, four sources to a word, 16 targets to a row, those of all targets after each
    other. `length`: channels of the target. `held`: rows of source pixels that are needed at once. `unit` and `digits`: see
    `snn.kernels.dots`; with two bytes of a weight the views of all target pixels come twice, first those of the lower bytes.
    """

    sources: Sources
    width: int
    pixel_bytes: int
    units: int
    views: TileViews
    weight: NDArray[np.int8]
    length: int
    held: int
    unit: NDArray[np.int32]
    digits: int


class Unfolded(NamedTuple):
    """Bytes of source pixels, squares of 64 for each column after the other; `blocks` of `rows` columns each are multiplied."""

    sent: NDArray[np.uint8]
    rows: int
    blocks: int


class Listed(NamedTuple):
    """The tiles of a target pixel that are multiplied: where their counts are in the first column, and their weights."""

    at: NDArray[np.uint64]
    by: NDArray[np.uint64]


class TileWork(NamedTuple):
    """What the kernel works in, `samples` at most.

    `slab (source rows,)`: where the bytes of each row begin. `fired`: of each unit, whether it sent. `tile (columns + 1, 64)`,
    flat: the sums; the last row is what the others begin with. `totals (64,)`: spikes of channels. `shape`: of tiles.
    """

    unfolded: Unfolded
    slab: NDArray[np.uint64]
    fired: NDArray[np.uint8]
    tile: NDArray[np.int32]
    listed: Listed
    totals: NDArray[np.uint8]
    shape: NDArray[np.uint8]
    samples: int


@compiled
def deliver_tiles(planes, events, tiles, work, operations):
    """Add what events bring to the planes, one for each step or one for all; the projection fills all channels of its target."""
    configure(work.shape)
    for s in range(0, events.address.shape[0], work.samples):
        share = share_of(s, events.address.shape[0], planes.sums.shape[1], work)
        unfold_events(events, share, tiles, work, operations, False)
        _add_pixels((np.uint64(0), np.uint64(tiles.views.until.size)), planes, share, tiles, work)
    release()


@compiled
def deliver_tiles_of_masks(planes, masks, tiles, work, operations):
    """The same for masks `(samples, pixels, steps, words)`, a plane for each step."""
    configure(work.shape)
    for s in range(0, masks.shape[0], work.samples):
        share, row, p = share_of(s, masks.shape[0], masks.shape[2], work), np.uint64(0), np.uint64(0)
        while p < tiles.views.until.size or row < work.slab.size:
            row, stop = unfold_next(row, p, masks, share, tiles, work, operations)
            _add_pixels((p, stop), planes, share, tiles, work)
            p = stop
    release()


@compiled
def fire_tiles(begin, events, tiles, work, beside, firing, room, operations):
    """Deliver events and fire by the sums, pixel by pixel; see `snn.kernels.fire_masks`.

    `begin (samples, planes, neurons)`: what else arrives, a plane for each step or one for all; of no neurons without any.
    """
    configure(work.shape)
    for s in range(0, events.address.shape[0], work.samples):
        share = share_of(s, events.address.shape[0], events.ends.shape[1] - 1, work)
        unfold_events(events, share, tiles, work, operations, False)
        room.words[s : s + work.samples] = 0
        pixels = np.uint64(tiles.views.until.size)
        _fire_pixels((np.uint64(0), pixels), begin, share, tiles, work, beside, firing, room)
    release()


@compiled
def fire_tiles_of_masks(begin, sent, tiles, work, beside, firing, room, operations):
    """The same for masks that are `sent`."""
    configure(work.shape)
    for s in range(0, sent.shape[0], work.samples):
        share, row, p = share_of(s, sent.shape[0], sent.shape[2], work), np.uint64(0), np.uint64(0)
        room.words[s : s + work.samples] = 0
        while p < tiles.views.until.size or row < work.slab.size:
            row, stop = unfold_next(row, p, sent, share, tiles, work, operations)
            _fire_pixels((p, stop), begin, share, tiles, work, beside, firing, room)
            p = stop
    release()


@compiled
def _fire_pixels(part, begin, share, tiles, work, beside, firing, room):
    """Target pixels from the first to the second of `part`, block by block."""
    block, length, tile, unit = np.uint64(BLOCK), np.uint64(tiles.length), work.tile, tiles.unit
    digits, plain, held = (
        (np.uint64(tiles.digits), np.uint64(tiles.views.until.size)),
        unit.size == 0,
        begin.shape[2] > 0,
    )
    views, found, sizes = tiles.views, (work.slab, work.fired, work.listed), sizes_of(tiles, work)
    weight, unfolded = tiles.weight, work.unfolded
    for p in range(part[0], part[1]):
        for column in range(np.uint64(0), length, block):
            to, width = p * length + column, min(block, length - column)
            start = _begin(begin, (to, width), share, tile, plain and held)
            add_view((p, column, width), digits, start, share, tile, (views, found, sizes, weight, unfolded))
            if not plain:
                times_unit(tile, unit, column, width, share.columns)
                if held:
                    put_held(tile, begin, to, width, share, True)
            if beside.words.size:
                add_beside(tile, beside, (p, column), width, share)
            for g in range(share.samples):
                fire_block((tile, g * share.planes * block, block), firing, share.first + g, (p, column), room, False)


@compiled
def _add_pixels(part, planes, share, tiles, work):
    """The same into planes."""
    block, length, tile, unit = np.uint64(BLOCK), np.uint64(tiles.length), work.tile, tiles.unit
    sums, begin, fresh, plain = planes.sums, planes.begin, planes.fresh, unit.size == 0
    digits, held = (np.uint64(tiles.digits), np.uint64(tiles.views.until.size)), begin.shape[2] > 0
    views, found, sizes = tiles.views, (work.slab, work.fired, work.listed), sizes_of(tiles, work)
    weight, unfolded = tiles.weight, work.unfolded
    for p in range(part[0], part[1]):
        for column in range(np.uint64(0), length, block):
            to, width = p * length + column, min(block, length - column)
            if plain and not fresh:
                put_held(tile, sums, to, width, share, False)
                start = np.uint64(0), block, True
            else:
                start = _begin(begin, (to, width), share, tile, plain and held)
            add_view((p, column, width), digits, start, share, tile, (views, found, sizes, weight, unfolded))
            if not plain:
                times_unit(tile, unit, column, width, share.columns)
                if not fresh:
                    put_held(tile, sums, to, width, share, True)
                elif held:
                    put_held(tile, begin, to, width, share, True)
            take_sums(sums, tile, to, width, share)


@merged
def add_view(place, digits, start, share, tile, what):
    """Set the tile to what it begins with, see `_multiply`, and what the sources in view of a target pixel bring.

    `place` (target pixel, first channel, how many), `digits` (bytes of a weight, all target pixels), `what` (views; slabs, fired
    units and a list; sizes; weights; unfolded bytes).
    """
    p, column, width = place
    views, (slab, fired, listed), sizes, weight, unfolded = what
    for digit in range(digits[0]):
        if digit:
            times_256(tile, share.columns)
            start = np.uint64(0), np.uint64(BLOCK), True
        view = (digits[0] - np.uint64(1) - digit) * digits[1] + p
        count = _find_tiles(view, sizes, views, slab, fired, listed)
        _multiply((count, column, width), start, tile, unfolded, weight, listed)


@inlined
def sizes_of(tiles, work):
    """See `_find_tiles`."""
    square = np.uint64(work.unfolded.rows) * np.uint64(work.unfolded.blocks) * np.uint64(BLOCK)
    return square, np.uint64(-(-tiles.length // QUARTER)) * np.uint64(TILE)


@merged
def _begin(begin, part, share, tile, there):
    """What the sums of targets, `part` (first, how many), begin with where anything is `there`.

    Returns where it lies in `tile`, how far the rows are apart, and whether there is any.
    """
    first, width = part
    block, last = np.uint64(BLOCK), np.uint64(tile.size - BLOCK)
    if not there:
        return last, np.uint64(0), False
    if share.samples == 1 and begin.shape[1] == 1:
        for o in range(width):
            tile[last + o] = begin[share.first, 0, first + o]
        return last, np.uint64(0), True
    put_held(tile, begin, first, width, share, False)
    return np.uint64(0), block, True


@merged
def _find_tiles(p, sizes, views, slab, fired, listed):
    """List the tiles in view of a target pixel that are not silent; how many.

    `sizes`: bytes of a square, and of the weights of a tile for all targets.
    """
    count, tile, at, by = np.uint64(0), views.tile, listed.at, listed.by
    for k in range(np.uint64(views.first[p]), np.uint64(views.first[p + np.uint64(1)])):
        unit, sent = np.uint64(tile[k, np.uint64(2)]), np.uint8(0)
        for u in range(unit, unit + np.uint64(tile[k, np.uint64(3)])):
            sent |= fired[u]
        at[count] = slab[np.uint64(tile[k, np.uint64(0)])] + np.uint64(tile[k, np.uint64(1)]) * sizes[0]
        by[count] = np.uint64(tile[k, np.uint64(4)]) * sizes[1]
        count += np.uint64(sent)
    return count


@merged
def _multiply(part, start, sums, unfolded, weight, listed):
    """Multiply the tiles that are listed, two blocks of rows by two quarters at a time, or one block by four.

    `part` (how many, first target, targets), `start` (first of the sums to begin with, step between their rows, whether).
    """
    count, column, width = part
    begin, apart, more = start
    sent, at, by = unfolded.sent, listed.at, listed.by
    rows, quarter = np.uint64(unfolded.rows), np.uint64(QUARTER)
    b, blocks, two = np.uint64(0), np.uint64(unfolded.blocks), np.uint64(2)
    while b < blocks:
        both = b + two <= blocks
        line, o = b * rows, np.uint64(0)
        down = line * np.uint64(BLOCK)
        while o < width:
            to, where, left = line * np.uint64(BLOCK) + o, begin + line * apart + o, width - o
            first = (column + o) // quarter * np.uint64(TILE)
            if both and left > quarter:
                two_by_two(sums, to, where, apart, more, sent, down, weight, first, at, by, count, rows)
                o += two * quarter
            elif both:
                two_by_one(sums, to, where, apart, more, sent, down, weight, first, at, by, count, rows)
                o += quarter
            elif left > np.uint64(3) * quarter:
                one_by_four(sums, to, where, apart, more, sent, down, weight, first, at, by, count, rows)
                o += np.uint64(4) * quarter
            elif left > quarter:
                one_by_two(sums, to, where, apart, more, sent, down, weight, first, at, by, count, rows)
                o += two * quarter
            else:
                one_by_one(sums, to, where, apart, more, sent, down, weight, first, at, by, count, rows)
                o += quarter
        b += two if both else np.uint64(1)
