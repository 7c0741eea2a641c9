"""Dot products of counts of two bytes, which one plane gathers: low and high bytes are columns of their own.

    sums = tile[low] + 256 tile[high]          exact modulo 2**32, as the sums of bytes are

Windows of values of 8 bits are such counts, and spikes of many steps that arrive at once.
"""

import numpy as np

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.dots import gather
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.tile_ends import times_256, times_unit
from spikewright.snn.kernels.trains import pack_marked, share_of

DIGITS = 2
"""Columns of a sample."""


@compiled
def deliver_wide(planes, events, dots, work, operations):
    """Add what events bring to the one plane of each sample; the projection fills all channels of its target."""
    samples, planes_each = events.address.shape[0], np.uint64(DIGITS)
    for s in range(0, samples, work.trains.samples):
        share = share_of(s, samples, planes_each, work.trains)
        pack_wide(events, share, dots.sources, work.trains, operations)
        _add_pixels(planes, share, dots, work)


@compiled
def pack_wide(events, share, sources, trains, operations):
    """Pack the events of some samples, each with two columns: a count is its low byte plus 256 times its high one.

    A graded event takes an operation for each of its targets, numbers of spikes so many.
    """
    ignored, pairs, half = (
        np.zeros(operations.size, np.int64),
        trains.counts.view(np.uint16),
        share.columns // np.uint64(2),
    )
    for g in range(share.samples):
        s = share.first + g
        operations[s] += _count_wide(
            events.address[s], events.ends[s, events.ends.shape[1] - 1], events.value[s], (g, half, events.graded), pairs,
            sources, trains,
        )  # fmt: skip
    pack_marked(share, sources, trains, ignored)


@inlined
def _count_wide(address, stop, value, place, pairs, sources, trains):
    """Count the events of a sample, and mark who sent them; the operations that they take."""
    g, half, graded = place
    each, total = np.uint64(sources.each), np.int64(0)
    for n in range(np.uint64(stop)):
        if sources.slot[np.uint64(address[n])] >= 0:
            slot, number = np.uint64(sources.slot[np.uint64(address[n])]), np.int64(1)
            if value.size:
                number = np.int64(value[n])
            pairs[slot * half + g] += np.uint16(number)
            total += (np.int64(1) if graded else number) * sources.fanout[slot]
            trains.mark[slot] = 1
            trains.fired[slot // each] = 1
    return total


@inlined
def _add_pixels(planes, share, dots, work):
    sums, begin, tile, block, length = planes.sums, planes.begin, work.tile, np.uint64(BLOCK), np.uint64(dots.length)
    pixels = np.uint64(dots.first_run.size - 1) // np.uint64(dots.digits)
    digits = np.uint64(dots.digits)
    for p in range(pixels):
        for group in range(np.uint64(dots.groups)):
            for column in range(np.uint64(0), length, block):
                of_group, width = group * length + column, min(block, length - column)
                to = p * np.uint64(dots.groups) * length + of_group
                for digit in range(digits):
                    if digit:
                        times_256(tile, share.columns)
                    view = (digits - np.uint64(1) - digit) * pixels + p
                    gather(view, group, column, digit > 0, share.columns, dots, work)
                if dots.unit.size:
                    times_unit(tile, dots.unit, of_group, width, share.columns)
                for g in range(share.samples):
                    s, low, high = share.first + g, 2 * g * block, (2 * g + np.uint64(1)) * block
                    if not planes.fresh:
                        for o in range(width):
                            sums[s, 0, to + o] += tile[low + o] + 256 * tile[high + o]
                    elif begin.shape[2]:
                        for o in range(width):
                            sums[s, 0, to + o] = begin[s, 0, to + o] + tile[low + o] + 256 * tile[high + o]
                    else:
                        for o in range(width):
                            sums[s, 0, to + o] = tile[low + o] + 256 * tile[high + o]
