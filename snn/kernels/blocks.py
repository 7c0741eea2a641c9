"""Rows without their empty blocks: what a spike adds where whole blocks of output channels are pruned.

For every source a list of the blocks of `WIDTH` neighbouring weights of which any survives: plane[base + to] += weights[start]
for each of them, a vector at a time. Sources with the same row and the same pattern of borders share a list.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.scatter import Scatter
from spikewright.snn.kernels.jit import inlined
from spikewright.snn.kernels.simd import UNIT, add_vector

WIDTH = UNIT
MOST_ALIVE = 0.5
"""Where a larger share of blocks survives, whole rows are quicker."""


class Blocks(NamedTuple):
    """Source i has the blocks `to[k]`, `start[k]` for first[lists[i]] <= k < first[lists[i] + 1]; none at all: not in use."""

    lists: NDArray[np.int32]
    first: NDArray[np.int32]
    to: NDArray[np.int32]
    start: NDArray[np.int32]


def compile_blocks(plan: Scatter, length: int) -> tuple[Blocks, float]:
    """The blocks of a plan of rows of `length` channels, and the share that survives; empty where rows do as well."""
    nothing = Blocks(np.zeros(0, np.int32), np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32))
    if length % WIDTH or not plan.weights.size:
        return nothing, 1.0
    alive = (plan.weights.reshape(-1, WIDTH) != 0).any(axis=1)
    share = float(alive.mean())
    if share > MOST_ALIVE:
        return nothing, 1.0
    keys, lists = np.unique(np.stack([plan.row, plan.pattern], axis=1), axis=0, return_inverse=True)
    found = [_blocks_of(plan, alive, int(row), int(pattern)) for row, pattern in keys]
    first = as_int32(np.cumsum([0] + [len(one) for one in found]))
    whole = np.concatenate(found) if found else np.zeros((0, 2), np.int64)
    to, start = (np.ascontiguousarray(as_int32(part)) for part in whole.reshape(-1, 2).T)
    return Blocks(as_int32(lists.reshape(-1)), first, to, start), share


def _blocks_of(plan: Scatter, alive: NDArray[np.bool_], row: int, pattern: int) -> NDArray[np.int64]:
    """(to, start) of the surviving blocks of a row under a pattern, in the order of its taps."""
    if pattern < 0:
        return np.zeros((0, 2), np.int64)
    parts = []
    for tap in range(int(plan.first_tap[pattern]), int(plan.first_tap[pattern + 1])):
        offsets = np.arange(0, int(plan.length[tap]), WIDTH)
        starts = row + int(plan.start[tap]) + offsets
        kept = alive[starts // WIDTH]
        parts.append(np.stack([int(plan.to[tap]) + offsets[kept], starts[kept]], axis=1))
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.int64)


@inlined
def add_step_of_blocks(plane, index, first, stop, plan, blocks):
    """As `snn.kernels.rows.add_step`, block by block."""
    total = np.int64(0)
    for n in range(np.uint64(first), np.uint64(stop)):
        i = np.uint64(index[n])
        base, row = np.int64(plan.base[i]), np.uint64(blocks.lists[i])
        total += plan.fanout[i]
        for k in range(np.uint64(blocks.first[row]), np.uint64(blocks.first[row + np.uint64(1)])):
            add_vector(plane, np.uint64(base + blocks.to[k]), plan.weights, np.uint64(blocks.start[k]))
    return total


def in_use(blocks: Blocks) -> Any:
    """Whether there are blocks to walk."""
    return blocks.lists.size > 0
