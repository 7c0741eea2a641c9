"""The route by dot products: four sources times sixteen target channels in an instruction, over those that sent at all.

for each target pixel p, group of its channels and block of 64 of these:        a tile (steps, 64), 32 bits
    for each source pixel q in the view of p, and each four of its channels that sent:
        four rows of weights, interleaved once for all steps
    tile[t, o] += sum over all fours and their members k:  count[t, k] w[k, o]
    planes[t, p, o] = tile[t, o]
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK, DOT, QUARTER
from spikewright.snn.kernels.fire_masks import fire_block
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.mask_trains import pack_masks
from spikewright.snn.kernels.simd_dots import dots_of, interleave_of
from spikewright.snn.kernels.trains import Sources, Trains, pack_events, share_of

two_of_eight, one_of_eight = dots_of(DOT, 8, 2), dots_of(DOT, 8, 1)
two_of_four, one_of_four = dots_of(DOT, 4, 2), dots_of(DOT, 4, 1)
interleave_one, interleave_two, interleave_four = interleave_of(1), interleave_of(2), interleave_of(4)
FOURS = 96
"""Fours whose weights are interleaved at once: they stay in the first-level cache."""


class Dots(NamedTuple):
    """What reaches each target pixel, and through which weights.

    Target pixel p sees the runs first_run[p]:first_run[p + 1] of source pixels; those of run k are seen[run[k]:run[k + 1]],
    neighbours, channel c of one through the weight row number
    row[...] + c taps. Row r is weight[r row_places : + row_places], 64 channels after 64 and the last 16, 32 or 64, each as
    `simd_dots.row_order` has them, zeros behind the last; in float32 as they come, sixteen to a vector.
    `alive`: by place of `weight` // 16, whether the 64 weights of a row that begin there have any that is not zero; empty where
    hardly any are pruned whole. `length`: channels of a group of the target, `groups` of them; of several groups each run is one
    pixel.
    """

    sources: Sources
    first_run: NDArray[np.int32]
    run: NDArray[np.int32]
    seen: NDArray[np.int32]
    row: NDArray[np.int32]
    weight: NDArray[Any]
    alive: NDArray[np.uint8]
    length: int
    row_places: int
    groups: int


class DotWork(NamedTuple):
    """What the kernel works in: trains, a tile `(length * 64,)` and, for as many fours as are multiplied at once, their weights.

    `placed`: interleaved bytes, or where rows of float32 begin. `firsts`: where the words of each four begin.
    """

    trains: Trains
    tile: NDArray[Any]
    placed: NDArray[Any]
    firsts: NDArray[np.uint64]


@compiled
def deliver_dots(planes, events, dots, work, operations):
    """Add what events bring to the planes, one for each step or one for all; the projection fills all channels of its target."""
    for s in range(0, events.address.shape[0], work.trains.samples):
        share = share_of(s, events.address.shape[0], planes.sums.shape[1], work.trains)
        pack_events(events, share, dots.sources, work.trains, operations)
        _add_pixels(planes, share, dots, work)


@compiled
def deliver_dots_of_masks(planes, masks, dots, work, operations):
    """The same for masks `(samples, pixels, steps, words)`, a plane for each step."""
    for s in range(0, masks.shape[0], work.trains.samples):
        share = share_of(s, masks.shape[0], masks.shape[2], work.trains)
        pack_masks(masks, share, dots.sources, work.trains, operations)
        _add_pixels(planes, share, dots, work)


@compiled
def fire_dots(begin, events, dots, work, firing, room, operations):
    """Deliver events and fire by the sums, pixel by pixel; see `snn.kernels.fire_masks`. `begin` as in `Planes`."""
    for s in range(0, events.address.shape[0], work.trains.samples):
        share = share_of(s, events.address.shape[0], events.ends.shape[1] - 1, work.trains)
        pack_events(events, share, dots.sources, work.trains, operations)
        _fire_pixels(begin, share, dots, work, firing, room)


@compiled
def fire_dots_of_masks(begin, sent, dots, work, firing, room, operations):
    """The same for masks that are `sent`."""
    for s in range(0, sent.shape[0], work.trains.samples):
        share = share_of(s, sent.shape[0], sent.shape[2], work.trains)
        pack_masks(sent, share, dots.sources, work.trains, operations)
        _fire_pixels(begin, share, dots, work, firing, room)


@inlined
def _fire_pixels(begin, share, dots, work, firing, room):
    block, channels = np.uint64(BLOCK), np.uint64(dots.groups) * np.uint64(dots.length)
    for g in range(share.samples):
        room.words[share.first + g] = 0
    for p in range(np.uint64(dots.first_run.size - 1)):
        for column in range(np.uint64(0), channels, block):
            width = min(block, channels - column)
            more = _begin_tile(work.tile, begin, p * channels + column, width, share)
            gather(p, np.uint64(0), column, more, share.columns, dots, work)
            for g in range(share.samples):
                drive = work.tile, g * share.planes * block, block
                fire_block(drive, firing, share.first + g, (p, column), room, False)


@inlined
def _add_pixels(planes, share, dots, work):
    sums, tile, block = planes.sums, work.tile, np.uint64(BLOCK)
    for p in range(np.uint64(dots.first_run.size - 1)):
        for group in range(np.uint64(dots.groups)):
            to = (p * np.uint64(dots.groups) + group) * np.uint64(dots.length)
            for column in range(np.uint64(0), np.uint64(dots.length), block):
                width = min(block, np.uint64(dots.length) - column)
                if planes.fresh:
                    more = _begin_tile(tile, planes.begin, to + column, width, share)
                else:
                    more = _load_tile(tile, sums, to + column, width, share)
                gather(p, group, column, more, share.columns, dots, work)
                for g in range(share.samples):
                    for t in range(share.planes):
                        place = (g * share.planes + t) * block
                        for o in range(width):
                            sums[share.first + g, t, to + column + o] = tile[place + o]


@inlined
def _begin_tile(tile, begin, first, width, share):
    """The constant plane of each sample in all of its columns, if there is one; whether there is."""
    block = np.uint64(BLOCK)
    if begin.shape[2]:
        for g in range(share.samples):
            for t in range(g * share.planes, (g + np.uint64(1)) * share.planes):
                for o in range(width):
                    tile[t * block + o] = begin[share.first + g, 0, first + o]
    return begin.shape[2] > 0


@inlined
def _load_tile(tile, sums, first, width, share):
    """What the planes hold."""
    for g in range(share.samples):
        for t in range(share.planes):
            place = (g * share.planes + t) * np.uint64(BLOCK)
            for o in range(width):
                tile[place + o] = sums[share.first + g, t, first + o]
    return True


@compiled
def gather(p, group, column, more, length, dots, work):
    """Add to the tile what the sources in view of target pixel p bring to 64 of its channels, or set it, unless `more`."""
    first, width = work.trains.first, np.uint64(dots.length) - column
    cells, n = np.uint64(dots.sources.channels) // np.uint64(dots.sources.each), np.uint64(0)
    for k in range(np.uint64(dots.first_run[p]), np.uint64(dots.first_run[p + np.uint64(1)])):
        pair, count = np.uint64(dots.run[k]), np.uint64(dots.run[k + np.uint64(1)] - dots.run[k])
        cell = np.uint64(dots.seen[pair]) * cells + group
        four, stop = np.uint64(first[cell]), np.uint64(first[cell + count])
        while four < stop:
            some = min(stop - four, np.uint64(FOURS) - n)
            n = _interleave((four, some, n), pair - cell, column, length, dots, work)
            four += some
            if n == FOURS:
                _multiply(n, width, more, length, dots.weight, work)
                more, n = True, np.uint64(0)
    if n or not more:
        _multiply(n, width, more, length, dots.weight, work)


@inlined
def _interleave(some, shift, column, length, dots, work):
    """Put the weights of fours in place, but for those that are all zero; where the next would go.

    `some` (the first, how many, where they go); the pair of a cell is `shift` further.
    """
    four, count, to = some
    trains, placed, weight, width = work.trains, work.placed, dots.weight, np.uint64(dots.length) - column
    row_places, alive, bits = np.uint64(dots.row_places), dots.alive, np.uint64(4)
    for i in range(count):
        row = np.uint64(dots.row[np.uint64(trains.cell[four + i]) + shift]) * row_places + column
        rows = (
            row + trains.member[four + i, np.uint64(0)],
            row + trains.member[four + i, np.uint64(1)],
            row + trains.member[four + i, np.uint64(2)],
            row + trains.member[four + i, np.uint64(3)],
        )
        if width > 32:
            interleave_four(placed, to, weight, rows)
        elif width > 16:
            interleave_two(placed, to, weight, rows)
        else:
            interleave_one(placed, to, weight, rows)
        work.firsts[to] = (four + i) * length
        if alive.size:
            a, b, c, d = (rows[0] >> bits, rows[1] >> bits, rows[2] >> bits, rows[3] >> bits)
            to += np.uint64(alive[a] | alive[b] | alive[c] | alive[d])
        else:
            to += np.uint64(1)
    return to


@compiled
def _multiply(fours, width, more, length, weights, work):
    """Add the products of the interleaved fours to the tile: 8 or 4 columns and 32 or 16 channels at a time in registers."""
    tile, placed, words, firsts = work.tile, work.placed, work.trains.words, work.firsts
    stride, quarter, two = np.uint64(BLOCK), np.uint64(QUARTER), np.uint64(2)
    t = np.uint64(0)
    while t < length:
        eight = t + np.uint64(8) <= length
        for o in range(np.uint64(0), min(width, stride), two * quarter):
            to, both = t * stride + o, o + quarter < width
            if eight and both:
                two_of_eight(tile, to, stride, placed, o, weights, words, t, firsts, fours, more)
            elif eight:
                one_of_eight(tile, to, stride, placed, o, weights, words, t, firsts, fours, more)
            elif both:
                two_of_four(tile, to, stride, placed, o, weights, words, t, firsts, fours, more)
            else:
                one_of_four(tile, to, stride, placed, o, weights, words, t, firsts, fours, more)
        t += np.uint64(8 if eight else 4)
