"""Rows without their empty blocks: what a spike adds where whole blocks of output channels are pruned.

For every source those blocks of `WIDTH` neighbouring weights of which any survives. Sources with the same row and the same
pattern of borders share theirs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.routes.row_checks import check_blocks
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.taps import Taps
from spikewright.snn.kernels.blocks import WIDTH, Blocks, deliver_blocks
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.rows import WeightRows, deliver_values

MOST_ALIVE = 0.5
"""Where a larger share of blocks survives, whole rows are quicker."""


@dataclass(frozen=True, eq=False)
class BlocksRoute:
    """Surviving blocks of weights for plain spikes, whole rows for events with a value. `share`: blocks that survive."""

    rows: WeightRows
    blocks: Blocks
    share: float

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return int(self.rows.fanout.sum())

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        if events.valued:
            deliver_values(planes, events, self.rows, operations)
        else:
            deliver_blocks(planes, events, self.rows, self.blocks, operations)


def compile_blocks(wanted: Wanted, taps: Taps, rows: WeightRows) -> BlocksRoute | None:
    """The blocks of `rows`; None where whole rows do as well."""
    if taps.length % WIDTH or not rows.weights.size:
        return None
    alive = (rows.weights.reshape(-1, WIDTH) != 0).any(axis=1)
    share = float(alive.mean())
    if share > MOST_ALIVE:
        return None
    keys, which = np.unique(np.stack([rows.row, rows.pattern], axis=1), axis=0, return_inverse=True)
    found = [_blocks_of(rows, alive, int(row), int(pattern)) for row, pattern in keys]
    first = as_int32(np.cumsum([0] + [len(one) for one in found]))
    whole = np.concatenate(found) if found else np.zeros((0, 2), np.int64)
    to, start = (np.ascontiguousarray(as_int32(part)) for part in whole.reshape(-1, 2).T)
    blocks = Blocks(as_int32(which.reshape(-1)), first, to, start)
    check_blocks(blocks, rows, wanted.target.size, WIDTH)
    return BlocksRoute(rows, blocks, share)


def _blocks_of(rows: WeightRows, alive: NDArray[np.bool_], row: int, pattern: int) -> NDArray[np.int64]:
    """(to, start) of the surviving blocks of a row under a pattern, in the order of its taps."""
    if pattern < 0:
        return np.zeros((0, 2), np.int64)
    parts = []
    for tap in range(int(rows.first_tap[pattern]), int(rows.first_tap[pattern + 1])):
        offsets = np.arange(0, int(rows.length[tap]), WIDTH)
        starts = row + int(rows.start[tap]) + offsets
        kept = alive[starts // WIDTH]
        parts.append(np.stack([int(rows.to[tap]) + offsets[kept], starts[kept]], axis=1))
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.int64)
