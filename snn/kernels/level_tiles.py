"""Tiles of what is sent once as bytes: windows of levels are added straight into the squares that are multiplied.

With sums of windows that exceed a byte low and high bytes are columns of their own, as in `snn.kernels.wide_tiles`. Neurons of
QuantReLU send their levels by the tile that was just summed, some samples side by side.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.jit import compiled, inlined, merged
from spikewright.snn.kernels.simd_bytes import level_bytes, window_bytes_of
from spikewright.snn.kernels.simd_tiles import configure, release
from spikewright.snn.kernels.tile_ends import times_unit
from spikewright.snn.kernels.tile_products import add_view, sizes_of
from spikewright.snn.kernels.trains import share_of

four_16, four_32, four_64 = (window_bytes_of(4, width) for width in (16, 32, 64))
one_16, one_32, one_64 = (window_bytes_of(1, width) for width in (16, 32, 64))
wide_16, wide_32, wide_64 = (window_bytes_of(4, width, True) for width in (16, 32, 64))
NARROW, HALF, WHOLE = np.uint64(16), np.uint64(32), np.uint64(64)


class LevelReader(NamedTuple):
    """How levels are read. `fanout (source neurons,)`: the targets of each. `wide`: the sum of a window may have two bytes."""

    fanout: NDArray[np.int32]
    wide: bool


@compiled
def fire_tiles_of_levels(values, tiles, reader, work, law, sent, operations):
    """What levels `values (samples, neurons)` come to, and nothing else that arrives: levels `sent (samples, targets)`.

    Channels of both are multiples of 16. `operations (samples,)` get the synaptic operations.
    """
    configure(work.shape)
    columns, pixels, neurons = np.uint64(2 if reader.wide else 1), np.uint64(tiles.views.until.size), sent.reshape(-1)
    for s in range(0, values.shape[0], work.samples):
        share = share_of(s, values.shape[0], columns, work)
        _unfold(values, share, tiles, reader, work, operations)
        for p in range(pixels):
            _fire_pixel(p, share, tiles, reader.wide, work, law, neurons)
    release()


@inlined
def _fire_pixel(p, share, tiles, wide, work, law, sent):
    """The levels of a target pixel of all samples of a share."""
    block, lanes, length, tile = np.uint64(BLOCK), np.uint64(QUARTER), np.uint64(tiles.length), work.tile
    pixels = np.uint64(tiles.views.until.size)
    found, what = (work.slab, work.fired, work.listed), (tiles.weight, work.unfolded)
    digits, size, apart = (np.uint64(tiles.digits), pixels), pixels * length, law.apart > 0
    multiplier, since, until, numbers, bias = law.multiplier, law.since, law.until, law.numbers, law.bias
    for column in range(np.uint64(0), length, block):
        width, start, unit = min(block, length - column), (np.uint64(0), block, False), tiles.unit
        add_view((p, column, width), digits, start, share, tile, (tiles.views, found, sizes_of(tiles, work), *what))
        if unit.size:
            times_unit(tile, unit, column, width, share.columns)
        for g in range(share.samples):
            at = g * share.planes * block
            if wide:
                for o in range(at, at + width):
                    tile[o] += 256 * tile[o + block]
            to = (share.first + g) * size + p * length + column
            for o in range(np.uint64(0), width, lanes):
                own = p * length + column + o if apart else column + o
                level_bytes(tile, at + o, bias, own, multiplier, since, until, column + o, numbers, sent, to + o)


@compiled
def _unfold(values, share, tiles, reader, work, operations):
    """Bytes of all source pixels, 64 channels of a pixel after 64; `operations` get what the values take."""
    windows, channels = tiles.sources.windows, np.uint64(tiles.sources.channels)
    units, pixel_bytes, block = np.uint64(tiles.units), np.uint64(tiles.pixel_bytes), np.uint64(BLOCK)
    square, width = np.uint64(work.unfolded.rows) * np.uint64(work.unfolded.blocks) * block, np.uint64(tiles.width)
    sent, flat, neurons, wide = work.unfolded.sent, values.reshape(-1), np.uint64(values.shape[1]), reader.wide
    few = windows.shape[1] in (1, 4)
    for s in range(share.first, share.first + share.samples):
        operations[s] += _spent(values[s], reader.fanout)
    for pixel in range(np.uint64(windows.shape[0])):
        begin, x = work.slab[pixel // width], pixel % width
        for word in range(units):
            first, byte, fired = word * block, x * pixel_bytes + word * block, np.uint64(0)
            count, to = min(block, channels - first), begin + byte // block * square + byte % block
            for g in range(share.samples):
                s, down = share.first + g, to + g * share.planes * block
                if few:
                    fired |= _add_windows(flat, s * neurons + first, windows, pixel, channels, count, wide, sent, down)
                else:
                    fired |= _add_slowly(values[s], windows[pixel], (first, count, channels), wide, sent, down)
            work.fired[pixel * units + word] = fired != 0


@merged
def _add_windows(flat, base, windows, pixel, channels, count, wide, sent, to):
    """Set `count` bytes of a pixel to the sums in its window, 64, 32 or 16 at a time; not zero where any sends."""
    found, o, a = np.uint64(0), np.uint64(0), base + np.uint64(windows[pixel, 0]) * channels
    four = windows.shape[1] == 4
    b = base + np.uint64(windows[pixel, 1]) * channels if four else a
    c = base + np.uint64(windows[pixel, 2]) * channels if four else a
    d = base + np.uint64(windows[pixel, 3]) * channels if four else a
    while o < count:
        left, down, places = count - o, to + o, (a + o, b + o, c + o, d + o)
        if four and wide:
            if left >= WHOLE:
                found |= wide_64(sent, down, flat, places)
            elif left >= HALF:
                found |= wide_32(sent, down, flat, places)
            else:
                found |= wide_16(sent, down, flat, places)
        elif four:
            if left >= WHOLE:
                found |= four_64(sent, down, flat, places)
            elif left >= HALF:
                found |= four_32(sent, down, flat, places)
            else:
                found |= four_16(sent, down, flat, places)
        elif left >= WHOLE:
            found |= one_64(sent, down, flat, (a + o,))
        elif left >= HALF:
            found |= one_32(sent, down, flat, (a + o,))
        else:
            found |= one_16(sent, down, flat, (a + o,))
        o += WHOLE if left >= WHOLE else HALF if left >= HALF else NARROW
    return found


@compiled
def _add_slowly(values, window, part, wide, sent, to):
    """The same for windows of any size, channel by channel."""
    first, count, channels = part
    found = np.uint64(0)
    for c in range(first, first + count):
        total = np.uint64(0)
        for w in range(np.uint64(window.size)):
            total += np.uint64(values[np.uint64(window[w]) * channels + c])
        found |= total
        sent[to + c - first] = np.uint8(total & np.uint64(255))
        if wide:
            sent[to + np.uint64(BLOCK) + c - first] = np.uint8(total >> np.uint64(8))
    return found


@compiled
def _spent(values, fanout):
    """Synaptic operations of the values of a sample."""
    total = np.int64(0)
    for i in range(values.size):
        total += np.int64(fanout[i] if values[i] else 0)
    return total
