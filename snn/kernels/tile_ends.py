"""Around products: what a tile of sums `(columns, 64)` begins with, its factors, and what a shortcut adds to it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.jit import inlined
from spikewright.snn.kernels.shortcuts import add_where
from spikewright.snn.kernels.simd_counts import multiply_by


class Beside(NamedTuple):
    """A shortcut that arrives beside dot products: masks `words (samples, pixels, steps, words)`, of no samples without one, and
    what a spike of each channel adds, `gain`, in the type of the tile, as many as the bits of the words."""

    words: NDArray[np.uint64]
    gain: NDArray[Any]


@inlined
def add_beside(tile, beside, place, width, share):
    """Add what the masks of a shortcut bring to 64 channels of a pixel."""
    (p, column), block, quarter = place, np.uint64(BLOCK), np.uint64(QUARTER)
    for g in range(share.samples):
        for t in range(share.planes):
            word = beside.words[share.first + g, p, t, column // block]
            to = (g * share.planes + t) * block
            for o in range(np.uint64(0), width, quarter):
                add_where(tile, to + o, beside.gain, column + o, np.uint16((word >> o) & np.uint64(0xFFFF)))


@inlined
def times_256(tile, columns):
    """What the higher bytes of weights brought counts 256 times."""
    for n in range(columns * np.uint64(BLOCK)):
        tile[n] *= 256


@inlined
def times_unit(tile, unit, first, width, columns):
    """Multiply the sums of target channels by their units, those from `first` on."""
    whole = width // np.uint64(QUARTER) * np.uint64(QUARTER)
    for t in range(columns):
        for o in range(np.uint64(0), whole, np.uint64(QUARTER)):
            multiply_by(tile, t * np.uint64(BLOCK) + o, unit, first + o)
        for o in range(whole, width):
            tile[t * np.uint64(BLOCK) + o] *= unit[first + o]


@inlined
def put_held(tile, held, first, width, share, added):
    """Set the tile to what is held of each sample, a plane for each step or the same in all, or add it."""
    last = np.uint64(held.shape[1] - 1)
    for g in range(share.samples):
        for t in range(share.planes):
            place, plane = (g * share.planes + t) * np.uint64(BLOCK), min(t, last)
            if added:
                for o in range(width):
                    tile[place + o] += held[share.first + g, plane, first + o]
            else:
                for o in range(width):
                    tile[place + o] = held[share.first + g, plane, first + o]


@inlined
def take_sums(sums, tile, first, width, share):
    """Set the planes of samples to the tile, their targets from `first` on."""
    for g in range(share.samples):
        for t in range(share.planes):
            place = (g * share.planes + t) * np.uint64(BLOCK)
            for o in range(width):
                sums[share.first + g, t, first + o] = tile[place + o]
