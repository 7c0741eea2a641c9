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
from spikewright.snn.kernels.trains import Sources, Trains, pack_events

two_of_eight, one_of_eight = dots_of(DOT, 8, 2), dots_of(DOT, 8, 1)
two_of_four, one_of_four = dots_of(DOT, 4, 2), dots_of(DOT, 4, 1)
interleave_one, interleave_two, interleave_four = interleave_of(1), interleave_of(2), interleave_of(4)
FOURS = 96
"""Fours whose weights are interleaved at once: they stay in the first-level cache."""


class Dots(NamedTuple):
    """What reaches each target pixel, and through which weights.

    Target pixel p sees the source pixels seen[first_seen[p]:first_seen[p + 1]], channel c of one through the weight row number
    row[...] + c taps. Row r is weight[r row_places : + row_places], 64 channels after 64 and the last 16, 32 or 64, each as
    `simd_dots.row_order` has them, zeros behind the last; in float32 as they come, sixteen to a vector.
    `length`: channels of a group of the
    target, `groups` of them.
    """

    sources: Sources
    first_seen: NDArray[np.int32]
    seen: NDArray[np.int32]
    row: NDArray[np.int32]
    weight: NDArray[Any]
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
    """Add what events bring to the planes, one for each step; the projection fills all channels of its target."""
    for s in range(events.address.shape[0]):
        value = events.value[s]
        operations[s] += pack_events(events.address[s], events.ends[s], value, dots.sources, work.trains)
        _add_pixels(planes.sums[s], planes.begin[s], planes.fresh, dots, work)


@compiled
def deliver_dots_of_masks(planes, masks, dots, work, operations):
    """The same for masks `(samples, pixels, steps, words)`."""
    for s in range(masks.shape[0]):
        operations[s] += pack_masks(masks[s], dots.sources, work.trains)
        _add_pixels(planes.sums[s], planes.begin[s], planes.fresh, dots, work)


@compiled
def fire_dots(begin, events, dots, work, firing, room, operations):
    """Deliver events and fire by the sums, pixel by pixel; see `snn.kernels.fire_masks`. `begin` as in `Planes`."""
    for s in range(events.address.shape[0]):
        value = events.value[s]
        operations[s] += pack_events(events.address[s], events.ends[s], value, dots.sources, work.trains)
        _fire_pixels(s, begin, dots, work, firing, room)


@compiled
def fire_dots_of_masks(begin, sent, dots, work, firing, room, operations):
    """The same for masks that are `sent`."""
    for s in range(sent.shape[0]):
        operations[s] += pack_masks(sent[s], dots.sources, work.trains)
        _fire_pixels(s, begin, dots, work, firing, room)


@inlined
def _fire_pixels(s, begin, dots, work, firing, room):
    block, channels = np.uint64(BLOCK), np.uint64(dots.groups) * np.uint64(dots.length)
    room.words[s] = 0
    for p in range(np.uint64(dots.first_seen.size - 1)):
        for column in range(np.uint64(0), channels, block):
            width = min(block, channels - column)
            more = _begin_tile(work.tile, begin[s], p * channels + column, width)
            gather(p, np.uint64(0), column, more, dots, work)
            fire_block((work.tile, np.uint64(0), block), firing, np.uint64(s), (p, column), room)


@inlined
def _add_pixels(sums, begin, fresh, dots, work):
    tile, block = work.tile, np.uint64(BLOCK)
    for p in range(np.uint64(dots.first_seen.size - 1)):
        for group in range(np.uint64(dots.groups)):
            to = (p * np.uint64(dots.groups) + group) * np.uint64(dots.length)
            for column in range(np.uint64(0), np.uint64(dots.length), block):
                width = min(block, np.uint64(dots.length) - column)
                if fresh:
                    more = _begin_tile(tile, begin, to + column, width)
                else:
                    more = _load_tile(tile, sums, to + column, width)
                gather(p, group, column, more, dots, work)
                for t in range(np.uint64(sums.shape[0])):
                    for o in range(width):
                        sums[t, to + column + o] = tile[t * block + o]


@inlined
def _begin_tile(tile, begin, first, width):
    """The constant plane in every step, if there is one; whether there is."""
    block = np.uint64(BLOCK)
    if begin.shape[1]:
        for t in range(np.uint64(tile.size) // block):
            for o in range(width):
                tile[t * block + o] = begin[0, first + o]
    return begin.shape[1] > 0


@inlined
def _load_tile(tile, sums, first, width):
    """What the planes hold."""
    for t in range(np.uint64(sums.shape[0])):
        for o in range(width):
            tile[t * np.uint64(BLOCK) + o] = sums[t, first + o]
    return True


@compiled
def gather(p, group, column, more, dots, work):
    """Add to the tile what the sources in view of target pixel p bring to 64 of its channels, or set it, unless `more`."""
    trains, placed, width = work.trains, work.placed, np.uint64(dots.length) - column
    cells = np.uint64(dots.sources.channels) // np.uint64(dots.sources.each)
    row_places, n = np.uint64(dots.row_places), np.uint64(0)
    for pair in range(np.uint64(dots.first_seen[p]), np.uint64(dots.first_seen[p + np.uint64(1)])):
        cell = np.uint64(dots.seen[pair]) * cells + group
        row = np.uint64(dots.row[pair]) * row_places + column
        for four in range(np.uint64(trains.first[cell]), np.uint64(trains.first[cell + np.uint64(1)])):
            member = trains.member[four]
            rows = row + member[0], row + member[1], row + member[2], row + member[3]
            if width > 32:
                interleave_four(placed, n, dots.weight, rows)
            elif width > 16:
                interleave_two(placed, n, dots.weight, rows)
            else:
                interleave_one(placed, n, dots.weight, rows)
            work.firsts[n] = four * np.uint64(trains.length)
            n += np.uint64(1)
            if n == FOURS:
                _multiply(n, width, more, dots.weight, work)
                more, n = True, np.uint64(0)
    if n or not more:
        _multiply(n, width, more, dots.weight, work)


@compiled
def _multiply(fours, width, more, weights, work):
    """Add the products of the interleaved fours to the tile: 8 or 4 steps and 32 or 16 channels at a time in registers."""
    tile, placed, words, firsts = work.tile, work.placed, work.trains.words, work.firsts
    length, stride, quarter, two = np.uint64(work.trains.length), np.uint64(BLOCK), np.uint64(QUARTER), np.uint64(2)
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
