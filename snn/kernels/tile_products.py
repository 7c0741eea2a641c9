"""Products of tiles: the sums of a target pixel from the bytes of all sources in its view, see `snn.kernels.tiles`."""

import numpy as np

from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.jit import inlined, merged
from spikewright.snn.kernels.simd_tiles import TILE, multiply_of
from spikewright.snn.kernels.tile_ends import put_held, times_256

two_by_two, two_by_one = multiply_of(2, 2), multiply_of(2, 1)
one_by_four, one_by_two, one_by_one = multiply_of(1, 4), multiply_of(1, 2), multiply_of(1, 1)


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
        count = find_tiles(view, sizes, views, slab, fired, listed)
        _multiply((count, column, width), start, tile, unfolded, weight, listed)


@inlined
def sizes_of(tiles, work):
    """See `find_tiles`."""
    square = np.uint64(work.unfolded.rows) * np.uint64(work.unfolded.blocks) * np.uint64(BLOCK)
    return square, np.uint64(-(-tiles.length // QUARTER)) * np.uint64(TILE), np.uint64(BLOCK // tiles.side)


@merged
def begin_of(begin, part, share, tile, there):
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
def find_tiles(p, sizes, views, slab, fired, listed):
    """List the tiles in view of a target pixel that are not silent; how many.

    `sizes`: bytes of a square, and of the weights of a tile for all targets; squares that are multiplied for one of bytes.
    """
    count, tile, at, by = np.uint64(0), views.tile, listed.at, listed.by
    for k in range(np.uint64(views.first[p]), np.uint64(views.first[p + np.uint64(1)])):
        unit, sent = np.uint64(tile[k, np.uint64(2)]), np.uint8(0)
        for u in range(unit, unit + np.uint64(tile[k, np.uint64(3)])):
            sent |= fired[u]
        at[count] = slab[np.uint64(tile[k, np.uint64(0)])] * sizes[2] + np.uint64(tile[k, np.uint64(1)]) * sizes[0]
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
    sent, at, by = unfolded.tiled, listed.at, listed.by
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
