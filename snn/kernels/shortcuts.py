"""Shortcuts: each spike of a mask adds the gain of its channel to the same neuron of the target, sixteen channels at a time."""

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import BLOCK, QUARTER
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.simd import pointer_to, read_vector, write_vector
from spikewright.snn.kernels.simd_counts import ones

PIXELS = 64
"""So many pixels take all their steps before the next: their masks stay in the first-level cache."""


class Shortcut(NamedTuple):
    """`gain (channels,)`: what a spike adds, in the type of the sums. `alive`: words of 64 channels, those where it counts."""

    gain: NDArray[Any]
    alive: NDArray[np.uint64]


def _add_where(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    target, source = signature.args[0], signature.args[2]
    place = pointer_to(context, builder, (target, args[0]), args[1], QUARTER)
    old = read_vector(builder, place, target)
    more = read_vector(builder, pointer_to(context, builder, (source, args[2]), args[3], QUARTER), source)
    flags = builder.bitcast(args[4], ir.VectorType(ir.IntType(1), QUARTER))
    added = builder.select(flags, more, ir.Constant(more.type, [0] * QUARTER))
    whole = builder.fadd(old, added) if isinstance(target.dtype, types.Float) else builder.add(old, added)
    write_vector(builder, whole, place, target)
    return context.get_dummy_value()


@intrinsic
def add_where(typingctx, target, to, source, start, bits):
    """target[to + i] += source[start + i] where bit i of `bits` is set, i < 16; both flat and of one type."""
    return types.void(target, types.uint64, source, types.uint64, types.uint16), _add_where


@compiled
def deliver_shortcut(planes, masks, shortcut, operations):
    """Add what masks `(samples, pixels, steps, words)` bring to the planes, one for each step."""
    pixels = np.uint64(masks.shape[1])
    count_shortcut(masks, shortcut.alive, operations)
    for s in range(masks.shape[0]):
        for first in range(np.uint64(0), pixels, np.uint64(PIXELS)):
            last = min(first + np.uint64(PIXELS), pixels)
            for t in range(np.uint64(masks.shape[2])):
                _add_pixels(planes.sums[s, t], planes.begin[s], planes.fresh, masks[s], (first, last, t), shortcut.gain)


@compiled
def count_shortcut(masks, alive, operations):
    """Add the synaptic operations of each sample of masks: a spike of a channel where it counts is one."""
    for s in range(masks.shape[0]):
        operations[s] += _count(masks[s], alive)


@inlined
def _count(masks, alive):
    """The synaptic operations of a sample: spikes of the channels where they count."""
    total, words = np.int64(0), np.uint64(masks.shape[2])
    if words == 1:
        flat, bits = masks.reshape(-1), alive[0]
        for n in range(np.uint64(flat.size)):
            total += np.int64(ones(flat[n] & bits))
        return total
    for p in range(np.uint64(masks.shape[0])):
        for t in range(np.uint64(masks.shape[1])):
            for block in range(words):
                total += np.int64(ones(masks[p, t, block] & alive[block]))
    return total


@inlined
def _add_pixels(plane, begin, fresh, masks, where, gain):
    """Some pixels of a step."""
    first, last, t = where
    channels, quarter, nothing = np.uint64(gain.size), np.uint64(QUARTER), plane.dtype.type(0)
    for p in range(first, last):
        if fresh:
            for c in range(p * channels, (p + np.uint64(1)) * channels):
                plane[c] = begin[0, c] if begin.shape[1] else 0
        for c in range(np.uint64(0), channels, quarter):
            bits = np.uint32(masks[p, t, c // np.uint64(BLOCK)] >> (c % np.uint64(BLOCK))) & np.uint32(0xFFFF)
            if bits:
                to = p * channels + c
                if c + quarter <= channels:
                    add_where(plane, to, gain, c, np.uint16(bits))
                else:
                    for k in range(channels - c):
                        plane[to + k] += gain[c + k] if (bits >> np.uint32(k)) & np.uint32(1) else nothing
