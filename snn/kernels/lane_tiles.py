"""The tile of a target pixel in the route by lanes: its beginning, what weights times trains add, its way to the planes."""

import numpy as np

from spikewright.snn.kernels.jit import inlined
from spikewright.snn.kernels.simd import UNIT, VECTOR_BYTES, transpose_to
from spikewright.snn.kernels.simd_lanes import list_to_lanes, rows_to_lanes

one_list, two_lists = list_to_lanes(1), list_to_lanes(2)
one_row, two_rows = rows_to_lanes(1, 1), rows_to_lanes(1, 2)
one_of_four, two_of_four = rows_to_lanes(4, 1), rows_to_lanes(4, 2)


@inlined
def begin_tile(tile, begin, first, width, length):
    """The constant plane in every step, or zero."""
    if begin.shape[1]:
        for o in range(width):
            tile[o * length : (o + np.uint64(1)) * length] = begin[0, first + o]
    else:
        tile[: width * length] = 0


@inlined
def store_tile(planes, tile, first, widths, steps):
    """The tile to the planes, transposed, UNIT channels and UNIT steps at a time; the last channels overlap."""
    width, stride = widths
    length, count = steps
    unit = np.uint64(UNIT)
    for o in range(np.uint64(0), width, unit):
        o = min(o, width - unit)
        for t in range(np.uint64(0), count, unit):
            transpose_to(planes, t * stride + first + o, stride, tile, o * length + t, length, count - t)


@inlined
def gather_lists(work, lanes, p, length):
    """The surviving weights of all sources in view that fired, row by row, two vectors of steps at a time."""
    vector = np.uint64(VECTOR_BYTES // work.train.itemsize)
    touched = False
    for pair in range(np.uint64(lanes.first_seen[p]), np.uint64(lanes.first_seen[p + np.uint64(1)])):
        pixel, row = np.uint64(lanes.seen[pair]), np.uint64(lanes.row[pair])
        for a in range(np.uint64(work.fired[pixel])):
            touched = True
            c = np.uint64(work.active[pixel, a])
            r, at = row + c * lanes.taps, (pixel * lanes.channels + c) * length
            to = np.uint64(lanes.channel_base[c]) * length
            first, stop = np.uint64(lanes.first[r]), np.uint64(lanes.first[r + np.uint64(1)])
            u = np.uint64(0)
            while u + vector < length:
                two_lists(
                    work.tile, to + u, length, work.train, at + u, lanes.channel, lanes.weight, first, stop
                )  # fmt: skip
                u += vector + vector
            if u < length:
                one_list(work.tile, to + u, length, work.train, at + u, lanes.channel, lanes.weight, first, stop)
    return touched


@inlined
def gather_rows(work, lanes, p, length):
    """The same for whole rows of weights: those of four sources at a time where all channels are one group."""
    train, tile, rows, ats = work.train, work.tile, work.weight_at, work.train_at
    width, vector = lanes.row_length, np.uint64(VECTOR_BYTES // train.itemsize)
    stop = _in_view(work, lanes, p, length)
    n = np.uint64(0)
    while n < stop:
        u, four = np.uint64(0), lanes.one_group and n + np.uint64(4) <= stop
        to = (
            np.uint64(0)
            if lanes.one_group
            else np.uint64(lanes.channel_base[(ats[n] // length) % lanes.channels]) * length
        )
        m, k, j = n + np.uint64(1), n + np.uint64(2), n + np.uint64(3)
        while u < length:
            two = u + vector < length
            if four:
                at, row = (ats[n] + u, ats[m] + u, ats[k] + u, ats[j] + u), (rows[n], rows[m], rows[k], rows[j])
                if two:
                    two_of_four(tile, u, length, train, at, lanes.weight, row, width)
                else:
                    one_of_four(tile, u, length, train, at, lanes.weight, row, width)
            elif two:
                two_rows(tile, to + u, length, train, (ats[n] + u,), lanes.weight, (rows[n],), width)
            else:
                one_row(tile, to + u, length, train, (ats[n] + u,), lanes.weight, (rows[n],), width)
            u += vector + vector
        n += np.uint64(4 if four else 1)
    return stop > 0


@inlined
def _in_view(work, lanes, p, length):
    """Fill `weight_at` and `train_at` for every source that fired in the view of target pixel p; how many."""
    found = np.uint64(0)
    for pair in range(np.uint64(lanes.first_seen[p]), np.uint64(lanes.first_seen[p + np.uint64(1)])):
        pixel, row = np.uint64(lanes.seen[pair]), np.uint64(lanes.row[pair])
        for a in range(np.uint64(work.fired[pixel])):
            c = np.uint64(work.active[pixel, a])
            work.weight_at[found] = (row + c * lanes.taps) * lanes.row_length
            work.train_at[found] = (pixel * lanes.channels + c) * length
            found += np.uint64(1)
    return found
