"""Dot products of counts of two bytes, which one plane gathers: high and low bytes in turn.

    sums = 256 sums of high bytes + sums of low bytes          exact modulo 2**32, as the sums of bytes are

Windows of values of 8 bits are such counts, and spikes of many steps that arrive at once. Samples lie side by side; only sources
whose high byte is above zero in any of them take a place in the turn of these.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_products import DotWork, gather
from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.tile_ends import put_held, take_sums, times_256, times_unit
from spikewright.snn.kernels.trains import pack_four, share_of


class WideWork(NamedTuple):
    """`low`, `high`: what is packed of either byte, in the same tile; `counts (slots * columns,)` are zero between calls."""

    low: DotWork
    high: DotWork
    counts: NDArray[Any]


@compiled
def deliver_wide(planes, events, dots, work, operations):
    """Add what events bring to the one plane of each sample; the projection fills all channels of its target."""
    samples, one = events.address.shape[0], np.uint64(1)
    ignored = np.zeros(samples, np.int64)  # operations are counted from the events
    for s in range(0, samples, work.low.trains.samples):
        share = share_of(s, samples, one, work.low.trains)
        _count_events(events, share, dots.sources, work, operations)
        _pack(share, dots.sources, work, ignored)
        _add_pixels(planes, share, dots, work)


@compiled
def _count_events(events, share, sources, work, operations):
    """Count the events of some samples, a column each, and mark who sent them.

    A graded event takes an operation for each of its targets, numbers of spikes so many.
    """
    trains, counts, each = work.low.trains, work.counts, np.uint64(sources.each)
    half = np.uint64(trains.length)
    for g in range(share.samples):
        s, total = share.first + g, np.int64(0)
        address, value, graded = events.address[s], events.value[s], events.graded
        for n in range(np.uint64(events.ends[s, np.uint64(events.ends.shape[1] - 1)])):
            if sources.slot[np.uint64(address[n])] >= 0:
                slot, number = np.uint64(sources.slot[np.uint64(address[n])]), np.int64(1)
                if value.size:
                    number = np.int64(value[n])
                counts[slot * half + g] += np.uint16(number)
                total += (np.int64(1) if graded else number) * sources.fanout[slot]
                trains.mark[slot] = 1
                trains.fired[slot // each] = 1
        operations[s] += total


@compiled
def _pack(share, sources, work, ignored):
    """Pack both bytes of what is counted of the slots that are marked, and leave counts and marks zero."""
    trains, others, counts = work.low.trains, work.high.trains, work.counts
    each, half, low, high = np.uint64(sources.each), np.uint64(trains.length), np.uint64(0), np.uint64(0)
    for cell in range(np.uint64(trains.fired.size)):
        trains.first[cell], others.first[cell] = low, high
        if trains.fired[cell]:
            low = _pack_cell(cell, low, 0, share, sources, trains, trains.mark, counts, ignored)
            high = _pack_cell(cell, high, 8, share, sources, others, trains.mark, counts, ignored)
            for slot in range(cell * each, (cell + np.uint64(1)) * each):
                if trains.mark[slot]:
                    trains.mark[slot] = 0
                    counts[slot * half : (slot + np.uint64(1)) * half] = 0
            trains.fired[cell] = 0
    trains.first[trains.fired.size], others.first[trains.fired.size] = low, high


@inlined
def _pack_cell(cell, four, shift, share, sources, trains, mark, counts, ignored):
    """Pack the low bytes of a cell's counts, or with a `shift` of 8 the high ones above zero; where the next four would go."""
    each, half = np.uint64(sources.each), np.uint64(trains.length)
    count, members, layout = np.uint64(0), np.uint64(4), (np.uint64(0), np.uint64(2) * half, np.uint64(2))
    for slot in range(cell * each, (cell + np.uint64(1)) * each):
        if mark[slot]:
            found = np.uint16(0)
            for g in range(slot * half, (slot + np.uint64(1)) * half):
                found |= counts[g]
            if shift == 0 or found > 255:
                trains.active[count] = slot
                count += np.uint64(1)
    bytes_of = counts.view(np.uint8)[shift // 8 :]
    for a in range(np.uint64(0), count, members):
        part = a, min(count - a, members), four
        pack_four(part, cell, layout, share, bytes_of, sources, trains, ignored)
        four += np.uint64(1)
    return four


@inlined
def _add_pixels(planes, share, dots, work):
    sums, begin, tile = planes.sums, planes.begin, work.low.tile
    block, length = np.uint64(BLOCK), np.uint64(dots.length)
    low, high, columns, digits = work.low, work.high, share.columns, np.uint64(dots.digits)
    pixels = np.uint64(dots.first_run.size - 1) // digits
    for p in range(pixels):
        for group in range(np.uint64(dots.groups)):
            for column in range(np.uint64(0), length, block):
                of_group, width = group * length + column, min(block, length - column)
                to = p * np.uint64(dots.groups) * length + of_group
                # powers of 256 from the highest on, of bytes of weights times bytes of counts
                for power in range(digits + np.uint64(1)):
                    if power:
                        times_256(tile, columns)
                    if power < digits:
                        view = (digits - np.uint64(1) - power) * pixels + p
                        gather(view, group, column, power > 0, columns, dots, high)
                    if power:
                        gather((digits - power) * pixels + p, group, column, True, columns, dots, low)
                if dots.unit.size:
                    times_unit(tile, dots.unit, of_group, width, columns)
                if not planes.fresh:
                    put_held(tile, sums, to, width, share, True)
                elif begin.shape[2]:
                    put_held(tile, begin, to, width, share, True)
                take_sums(sums, tile, to, width, share)
