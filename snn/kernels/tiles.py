"""Dot products by tiles: all sources in view of a target pixel, 64 bytes of them at a time, sixteen steps times sixteen targets.

for each target pixel p and block of 64 of its channels:        sums (steps, 64), 32 bits
    for each 64 bytes of neighbouring source channels in view of p of which any sent at all:
        16 steps times 64 sources, by 64 sources times 16 targets, in one instruction

Weights lie in tiles beforehand, and nothing is gathered: a source that is silent beside one that is not costs less than looking
for it would. Rows of source pixels are unfolded into bytes when the first target pixel needs them, and forgotten when none does.

In float32 the 64 bytes are 32 sources, and each weight the sum of up to three numbers, which take a product each, see
`snn.event.routes.halves`. The sums of a target begin with zero; tile by tile, in the order of rows and pixels, and number by
number what `simd_tiles` says is added, in the end what else they begin with.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.fire_masks import fire_block
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_tiles import configure, release
from spikewright.snn.kernels.tile_ends import add_beside, put_held, take_sums, times_unit
from spikewright.snn.kernels.tile_products import add_view, begin_of, sizes_of
from spikewright.snn.kernels.trains import Sources, share_of
from spikewright.snn.kernels.unfolding import unfold_events, unfold_next


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
    `side`: sources of a square that is multiplied, 64, or 32 for float32, two to a word of weights.
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
    side: int


class Unfolded(NamedTuple):
    """Bytes of source pixels, squares of 64 for each column after the other; `blocks` of `rows` columns each are multiplied.

    `tiled`: what is multiplied, the same, or the same counts as bfloat16 numbers, two squares for one.
    """

    sent: NDArray[np.uint8]
    tiled: NDArray[np.uint8]
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
    tile: NDArray[Any]
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
        unit.size == 0 and tiles.side == BLOCK,
        begin.shape[2] > 0,
    )
    views, found, sizes = tiles.views, (work.slab, work.fired, work.listed), sizes_of(tiles, work)
    weight, unfolded = tiles.weight, work.unfolded
    for p in range(part[0], part[1]):
        for column in range(np.uint64(0), length, block):
            to, width = p * length + column, min(block, length - column)
            start = begin_of(begin, (to, width), share, tile, plain and held)
            add_view((p, column, width), digits, start, share, tile, (views, found, sizes, weight, unfolded))
            if not plain:
                if unit.size:
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
    sums, begin, fresh, plain = planes.sums, planes.begin, planes.fresh, unit.size == 0 and tiles.side == BLOCK
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
                start = begin_of(begin, (to, width), share, tile, plain and held)
            add_view((p, column, width), digits, start, share, tile, (views, found, sizes, weight, unfolded))
            if not plain:
                if unit.size:
                    times_unit(tile, unit, column, width, share.columns)
                if not fresh:
                    put_held(tile, sums, to, width, share, True)
                elif held:
                    put_held(tile, begin, to, width, share, True)
            take_sums(sums, tile, to, width, share)
