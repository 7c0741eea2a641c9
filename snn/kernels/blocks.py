"""The route by blocks: rows without the blocks of weights that are pruned as a whole."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.planes import plane_of
from spikewright.snn.kernels.simd import UNIT, add_vector

WIDTH = UNIT
"""Weights of a block."""


class Blocks(NamedTuple):
    """The surviving blocks of each source. A spike of source i adds, for first[which[i]] <= k < first[which[i] + 1],

        plane[base[i] + to[k] : + WIDTH] += weights[start[k] : + WIDTH]

    with `base` and `weights` of the rows. Sources with the same weight row and the same pattern of borders share their
    blocks. `which` has no entries where rows are to be added whole.
    """

    which: NDArray[np.int32]
    first: NDArray[np.int32]
    to: NDArray[np.int32]
    start: NDArray[np.int32]


NO_BLOCKS = Blocks(np.zeros(0, np.int32), np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32))


@compiled
def deliver_blocks(planes, events, rows, blocks, operations):
    """As `snn.kernels.rows.deliver_spikes`, without empty blocks of weights."""
    for s in range(events.address.shape[0]):
        total = np.int64(0)
        for t in range(events.ends.shape[1] - 1):
            plane = plane_of(planes, s, t)
            total += add_blocks_of_step(
                plane, events.address[s], events.ends[s, t], events.ends[s, t + 1], rows, blocks
            )
        operations[s] += total


@inlined
def add_blocks_of_step(plane, address, first, stop, rows, blocks):
    """As `snn.kernels.rows.add_step`, block by block."""
    total = np.int64(0)
    for n in range(np.uint64(first), np.uint64(stop)):
        i = np.uint64(address[n])
        base, which = np.int64(rows.base[i]), np.uint64(blocks.which[i])
        total += rows.fanout[i]
        for k in range(np.uint64(blocks.first[which]), np.uint64(blocks.first[which + np.uint64(1)])):
            add_vector(plane, np.uint64(base + blocks.to[k]), rows.weights, np.uint64(blocks.start[k]))
    return total
