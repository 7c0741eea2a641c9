"""Dot products of a tile: weights of fours interleaved, and multiplied by what these sent, see `snn.kernels.dots`."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK, DOT, QUARTER
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.simd_dots import dots_of, interleave_of
from spikewright.snn.kernels.trains import Trains

two_of_eight, one_of_eight = dots_of(DOT, 8, 2), dots_of(DOT, 8, 1)
two_of_four, one_of_four = dots_of(DOT, 4, 2), dots_of(DOT, 4, 1)
interleave_one, interleave_two, interleave_four = interleave_of(1), interleave_of(2), interleave_of(4)
FOURS = 96
"""Fours whose weights are interleaved at once: they stay in the first-level cache."""


class DotWork(NamedTuple):
    """What the kernel works in: trains, a tile `(length * 64,)` and, for as many fours as are multiplied at once, their weights.

    `placed`: interleaved bytes, or where rows of float32 begin. `firsts`: where the words of each four begin.
    """

    trains: Trains
    tile: NDArray[Any]
    placed: NDArray[Any]
    firsts: NDArray[np.uint64]


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
