"""Tiles of counts of two bytes, which one plane gathers: low and high bytes are columns of their own.

sums = tile[low] + 256 tile[high]          exact modulo 2**32, as the sums of bytes are
"""

import numpy as np

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_tiles import configure, release
from spikewright.snn.kernels.tile_ends import times_unit
from spikewright.snn.kernels.tile_products import add_view, sizes_of
from spikewright.snn.kernels.trains import share_of
from spikewright.snn.kernels.unfolding import unfold_events

COLUMNS = 2
"""Of a sample."""


@compiled
def deliver_wide_tiles(planes, events, tiles, work, operations):
    """Add what events bring to the one plane of each sample; the projection fills all channels of its target."""
    configure(work.shape)
    samples, columns = events.address.shape[0], np.uint64(COLUMNS)
    for s in range(0, samples, work.samples):
        share = share_of(s, samples, columns, work)
        unfold_events(events, share, tiles, work, operations, True)
        _add_pixels(planes, share, tiles, work)
    release()


@compiled
def _add_pixels(planes, share, tiles, work):
    """Every target pixel, block by block."""
    block, length, tile, unit = np.uint64(BLOCK), np.uint64(tiles.length), work.tile, tiles.unit
    sums, begin, fresh, pixels = planes.sums, planes.begin, planes.fresh, np.uint64(tiles.views.until.size)
    views, found, sizes = tiles.views, (work.slab, work.fired, work.listed), sizes_of(tiles, work)
    weight, unfolded, digits = tiles.weight, work.unfolded, (np.uint64(tiles.digits), pixels)
    for p in range(pixels):
        for column in range(np.uint64(0), length, block):
            to, width, start = p * length + column, min(block, length - column), (np.uint64(0), block, False)
            add_view((p, column, width), digits, start, share, tile, (views, found, sizes, weight, unfolded))
            if unit.size:
                times_unit(tile, unit, column, width, share.columns)
            for g in range(share.samples):
                s, low = share.first + g, np.uint64(2) * g * block
                high = low + block
                if not fresh:
                    for o in range(width):
                        sums[s, 0, to + o] += tile[low + o] + 256 * tile[high + o]
                elif begin.shape[2]:
                    for o in range(width):
                        sums[s, 0, to + o] = begin[s, 0, to + o] + tile[low + o] + 256 * tile[high + o]
                else:
                    for o in range(width):
                        sums[s, 0, to + o] = tile[low + o] + 256 * tile[high + o]
