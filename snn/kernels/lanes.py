"""The kernel of `snn.event.lanes`, and the choice for each sample between lanes and rows."""

import numpy as np

from spikewright.snn.kernels.blocks import add_step_of_blocks
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.rows import add_step, begin
from spikewright.snn.kernels.simd import UNIT, VECTOR_BYTES, list_to_lanes, rows_to_lanes, transpose_to

one_list, two_lists = list_to_lanes(1), list_to_lanes(2)
one_row, two_rows = rows_to_lanes(1, 1), rows_to_lanes(1, 2)
one_of_four, two_of_four = rows_to_lanes(4, 1), rows_to_lanes(4, 2)

WEIGHT_IN_ROW, SPIKE = 0.035, 16.0
"""Nanoseconds of a byte of weights in a row, and of a spike beside its rows; measured, like the next."""
WEIGHT_IN_LANES, WEIGHT_IN_LISTS, REACH, TILE = 0.01, 0.03, 10.0, 0.15
"""Of a byte of a weight in one lane, of a source at a target pixel, and of one step of a target neuron."""


@compiled
def deliver_lanes(S, start, events, plans, scratch, operations):
    """`deliver_spikes` into fresh planes, one for each step: by lanes or by rows, whichever should cost a sample less.

    The choice depends on the sample's own events alone. `scratch` = (X, mark, active, count, tile, rows, ats); X, mark and count
    hold zeros before and after. The projection fills all channels of its target.
    """
    index, ends = events
    plan, blocks, lanes = plans
    X, mark, active, count, tile, rows, ats = scratch
    steps = ends.shape[1] - 1
    length = np.uint64(tile.size) // lanes.size[3]
    for s in range(index.shape[0]):
        sources, spikes = _count_sources(index[s], ends[s, 0], ends[s, steps], lanes, mark)
        if _lanes_pay(sources, spikes, S, lanes, length):
            operations[s] += _collect(index[s], ends[s], plan, lanes, (X, mark, active, count), length)
            _add_pixels(S[s], start[s], lanes, (X, active, count, tile, rows, ats), length)
            _clear(lanes, (X, mark, active, count), length)
        else:
            for n in range(ends[s, 0], ends[s, steps]):
                if lanes.slot[index[s, n]] >= 0:
                    mark[lanes.slot[index[s, n]]] = 0
            for t in range(steps):
                begin(S[s, t], start, s)
                if blocks.lists.size:
                    operations[s] += add_step_of_blocks(S[s, t], index[s], ends[s, t], ends[s, t + 1], plan, blocks)
                else:
                    operations[s] += add_step(S[s, t], index[s], ends[s, t], ends[s, t + 1], plan)


@inlined
def _count_sources(index, first, stop, lanes, mark):
    """How many sources fire at all, and the spikes they send; leaves their marks."""
    sources = 0
    for n in range(np.uint64(first), np.uint64(stop)):
        slot = lanes.slot[np.uint64(index[n])]
        if slot >= 0:
            sources += 1 - mark[np.uint64(slot)]
            mark[np.uint64(slot)] = 1
    return sources, stop - first


@inlined
def _lanes_pay(sources, spikes, S, lanes, length):
    """Whether lanes should cost less than rows."""
    width = S.itemsize
    each = WEIGHT_IN_LISTS if lanes.listed else WEIGHT_IN_LANES
    by_lanes = sources * (lanes.cost[0] * np.float64(length) * width * each + lanes.cost[2] * REACH)
    by_lanes += (lanes.pixels.size - 1) * lanes.size[3] * S.shape[1] * TILE
    return by_lanes < spikes * (SPIKE + lanes.cost[1] * width * WEIGHT_IN_ROW)


@inlined
def _collect(index, ends, plan, lanes, scratch, length):
    """Vectors and lists of the sources that fire, from the events; the number of operations."""
    X, mark, active, count = scratch
    channels = lanes.size[0]
    total = np.int64(0)
    for t in range(np.uint64(ends.size - 1)):
        for n in range(np.uint64(ends[t]), np.uint64(ends[t + np.uint64(1)])):
            i = np.uint64(index[n])
            if lanes.slot[i] >= 0:
                total += plan.fanout[i]
                slot = np.uint64(lanes.slot[i])
                X[slot * length + t] += X.dtype.type(1)
                if mark[slot] == 1:
                    mark[slot] = 2
                    pixel = slot // channels
                    active[pixel, count[pixel]] = slot - pixel * channels
                    count[pixel] += 1
    return total


@inlined
def _add_pixels(S, start, lanes, scratch, length):
    """Target pixel by target pixel: its tile begins as the planes should, gathers, and goes to the planes."""
    width, tile = lanes.size[3], scratch[3]
    planes = S.reshape(-1)
    for p in range(np.uint64(lanes.pixels.size - 1)):
        first = p * width
        _begin_tile(tile, start, first, width, length)
        if lanes.listed:
            touched = _gather_lists(scratch, lanes, p, length)
        else:
            touched = _gather_rows(scratch, lanes, p, length)
        if touched and width >= np.uint64(UNIT):
            _store_tile(planes, tile, first, (width, np.uint64(S.shape[1])), (length, np.uint64(S.shape[0])))
        else:
            for t in range(np.uint64(S.shape[0])):
                for o in range(width):
                    S[t, first + o] = tile[o * length + t]


@inlined
def _begin_tile(tile, start, first, width, length):
    """The constant plane in every step, or zero."""
    if start.shape[1]:
        for o in range(width):
            tile[o * length : (o + np.uint64(1)) * length] = start[0, first + o]
    else:
        tile[: width * length] = 0


@inlined
def _store_tile(planes, tile, first, widths, steps):
    """The tile to the planes, transposed, UNIT channels and UNIT steps at a time; the last channels overlap."""
    width, stride = widths
    length, count = steps
    unit = np.uint64(UNIT)
    for o in range(np.uint64(0), width, unit):
        o = min(o, width - unit)
        for t in range(np.uint64(0), count, unit):
            transpose_to(planes, t * stride + first + o, stride, tile, o * length + t, length, count - t)


@inlined
def _gather_lists(scratch, lanes, p, length):
    """The surviving weights of all sources in view that fired, list by list, two vectors of lanes at a time."""
    X, active, count, tile = scratch[:4]
    channels, taps, vector = lanes.size[0], lanes.size[1], np.uint64(VECTOR_BYTES // X.itemsize)
    touched = False
    for pair in range(np.uint64(lanes.pixels[p]), np.uint64(lanes.pixels[p + np.uint64(1)])):
        pixel, lists = np.uint64(lanes.seen[pair]), np.uint64(lanes.lists[pair])
        for a in range(np.uint64(count[pixel])):
            touched = True
            c = np.uint64(active[pixel, a])
            row, at = lists + c * taps, (pixel * channels + c) * length
            to = np.uint64(lanes.channel_base[c]) * length
            first, stop = np.uint64(lanes.first[row]), np.uint64(lanes.first[row + np.uint64(1)])
            u = np.uint64(0)
            while u + vector < length:
                two_lists(tile, to + u, length, X, at + u, lanes.channel, lanes.weight, first, stop)
                u += vector + vector
            if u < length:
                one_list(tile, to + u, length, X, at + u, lanes.channel, lanes.weight, first, stop)
    return touched


@inlined
def _gather_rows(scratch, lanes, p, length):
    """The same for whole rows of weights: those of four sources at a time where all channels are one group."""
    X, tile, rows, ats = scratch[0], scratch[3], scratch[4], scratch[5]
    width, vector, one_group = lanes.size[2], np.uint64(VECTOR_BYTES // X.itemsize), lanes.cost[3] == 1.0
    stop = _in_view(scratch, lanes, p, length)
    n = np.uint64(0)
    while n < stop:
        u, four = np.uint64(0), one_group and n + np.uint64(4) <= stop
        to = np.uint64(0) if one_group else np.uint64(lanes.channel_base[(ats[n] // length) % lanes.size[0]]) * length
        m, k, j = n + np.uint64(1), n + np.uint64(2), n + np.uint64(3)
        while u < length:
            two = u + vector < length
            if four:
                at, row = (ats[n] + u, ats[m] + u, ats[k] + u, ats[j] + u), (rows[n], rows[m], rows[k], rows[j])
                if two:
                    two_of_four(tile, u, length, X, at, lanes.weight, row, width)
                else:
                    one_of_four(tile, u, length, X, at, lanes.weight, row, width)
            elif two:
                two_rows(tile, to + u, length, X, (ats[n] + u,), lanes.weight, (rows[n],), width)
            else:
                one_row(tile, to + u, length, X, (ats[n] + u,), lanes.weight, (rows[n],), width)
            u += vector + vector
        n += np.uint64(4 if four else 1)
    return stop > 0


@inlined
def _in_view(scratch, lanes, p, length):
    """Where the weights and the vector of every source begin that fired in the view of target pixel p; how many."""
    active, count, rows, ats = scratch[1], scratch[2], scratch[4], scratch[5]
    channels, taps, width = lanes.size[0], lanes.size[1], lanes.size[2]
    found = np.uint64(0)
    for pair in range(np.uint64(lanes.pixels[p]), np.uint64(lanes.pixels[p + np.uint64(1)])):
        pixel, lists = np.uint64(lanes.seen[pair]), np.uint64(lanes.lists[pair])
        for a in range(np.uint64(count[pixel])):
            c = np.uint64(active[pixel, a])
            rows[found], ats[found] = (lists + c * taps) * width, (pixel * channels + c) * length
            found += np.uint64(1)
    return found


@inlined
def _clear(lanes, scratch, length):
    """Zeros where the sample left something."""
    X, mark, active, count = scratch
    for pixel in range(np.uint64(count.size)):
        for a in range(np.uint64(count[pixel])):
            slot = pixel * lanes.size[0] + np.uint64(active[pixel, a])
            mark[slot] = 0
            X[slot * length : (slot + np.uint64(1)) * length] = 0
        count[pixel] = 0
