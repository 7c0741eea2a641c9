"""The route by dot products: four sources times sixteen target channels in an instruction, over those that sent at all.

for each target pixel p, group of its channels and block of 64 of these:        a tile (steps, 64), 32 bits
    for each source pixel q in the view of p, and each four of its channels that sent:
        four rows of weights, interleaved once for all steps
    tile[t, o] += sum over all fours and their members k:  count[t, k] w[k, o]
    planes[t, p, o] = tile[t, o]

Weights of more than a byte are one all the same where those of each target channel are bytes times a whole number: their sums
are multiplied by it in the end. Others are two bytes, 256 times the one plus the other, which takes two turns. All this is exact
modulo 2**32, and so are the sums that are proved to fit.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK, DOT, QUARTER
from spikewright.snn.kernels.fire_masks import fire_block
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.mask_trains import pack_masks
from spikewright.snn.kernels.simd_dots import dots_of, interleave_of
from spikewright.snn.kernels.tile_ends import add_beside, put_held, take_sums, times_256, times_unit
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
    pixel. `unit (groups * length,)`: what the sums of each target channel are multiplied by, empty where that is one.
    `digits`: bytes of a weight. With two of them the views of all target pixels come twice, first those of the lower bytes.
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
    unit: NDArray[np.int32]
    digits: int


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
def fire_dots(begin, events, dots, work, beside, firing, room, operations):
    """Deliver events and fire by the sums, pixel by pixel; see `snn.kernels.fire_masks`.

    `begin (samples, planes, neurons)`: what else arrives, a plane for each step or one for all; of no neurons without any.
    """
    for s in range(0, events.address.shape[0], work.trains.samples):
        share = share_of(s, events.address.shape[0], events.ends.shape[1] - 1, work.trains)
        pack_events(events, share, dots.sources, work.trains, operations)
        _fire_pixels(begin, share, dots, work, beside, firing, room)


@compiled
def fire_dots_of_masks(begin, sent, dots, work, beside, firing, room, operations):
    """The same for masks that are `sent`."""
    for s in range(0, sent.shape[0], work.trains.samples):
        share = share_of(s, sent.shape[0], sent.shape[2], work.trains)
        pack_masks(sent, share, dots.sources, work.trains, operations)
        _fire_pixels(begin, share, dots, work, beside, firing, room)


@inlined
def _fire_pixels(begin, share, dots, work, beside, firing, room):
    block, length = np.uint64(BLOCK), np.uint64(dots.length)
    plain, pixels, digits = dots.unit.size == 0, _pixels(dots), np.uint64(dots.digits)
    for g in range(share.samples):
        room.words[share.first + g] = 0
    for p in range(pixels):
        for column in range(np.uint64(0), length, block):
            width, to = min(block, length - column), p * length + column
            more = plain and begin.shape[2] > 0
            if more:
                put_held(work.tile, begin, to, width, share, False)
            for digit in range(digits):
                if digit:
                    times_256(work.tile, share.columns)
                view = (digits - np.uint64(1) - digit) * pixels + p
                gather(view, np.uint64(0), column, more or digit > 0, share.columns, dots, work)
            if not plain:
                times_unit(work.tile, dots.unit, column, width, share.columns)
                if begin.shape[2]:
                    put_held(work.tile, begin, to, width, share, True)
            if beside.words.size:
                add_beside(work.tile, beside, (p, column), width, share)
            for g in range(share.samples):
                drive = work.tile, g * share.planes * block, block
                fire_block(drive, firing, share.first + g, (p, column), room, False)


@inlined
def _add_pixels(planes, share, dots, work):
    sums, begin, tile, block, length = planes.sums, planes.begin, work.tile, np.uint64(BLOCK), np.uint64(dots.length)
    plain, pixels, digits, held = dots.unit.size == 0, _pixels(dots), np.uint64(dots.digits), not planes.fresh
    for p in range(pixels):
        for group in range(np.uint64(dots.groups)):
            for column in range(np.uint64(0), length, block):
                of_group, width = group * length + column, min(block, length - column)
                to = p * np.uint64(dots.groups) * length + of_group
                if plain and held:
                    put_held(tile, sums, to, width, share, False)
                elif plain and begin.shape[2] > 0:
                    put_held(tile, begin, to, width, share, False)
                more = plain and (held or begin.shape[2] > 0)
                for digit in range(digits):
                    if digit:
                        times_256(tile, share.columns)
                    view = (digits - np.uint64(1) - digit) * pixels + p
                    gather(view, group, column, more or digit > 0, share.columns, dots, work)
                if not plain:
                    times_unit(tile, dots.unit, of_group, width, share.columns)
                    if held:
                        put_held(tile, sums, to, width, share, True)
                    elif begin.shape[2]:
                        put_held(tile, begin, to, width, share, True)
                take_sums(sums, tile, to, width, share)


@inlined
def _pixels(dots):
    """Target pixels."""
    return np.uint64(dots.first_run.size - 1) // np.uint64(dots.digits)


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
