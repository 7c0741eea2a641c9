"""Time lanes: what is known beforehand to add one weight to many steps at once.

A source that fires in a chunk of steps has a train, its spikes in each of them (of a pooled window: all of its sources
together). `snn.kernels.lanes` walks target pixel by target pixel; for that it needs, for each, who may reach it:

    for each tap k and each source pixel q of the pooled map:
        p = base(q) + (row, column) of k              a target pixel, if that exists and k is of q's phase
        (p, q, number of k among the weight rows of q's channel 0)       one entry of p's view

and the weights of each weight row: as they are, or only the survivors. Pruned weights cost nothing then, whatever their
pattern, and neither do silent sources: work grows with active sources, not with the spikes of each.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.routes.blocks import BlocksRoute
from spikewright.snn.event.routes.row_checks import check_lanes
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.event.routes.views import slots_of, views_of
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.event.taps import Taps, Values
from spikewright.snn.kernels.blocks import NO_BLOCKS, Blocks
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.lanes import Cost, Lanes, Workspace, deliver_lanes
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.simd import UNIT, VECTOR_BYTES

FEWEST_STEPS, MOST_STEPS = 4, 64
"""Steps of a chunk between which lanes are thought of."""
DENSE_SHARE = 0.35
"""From this share of surviving weights on they are walked as rows instead of survivor by survivor."""
MOST_NAMED = 2**16
"""The most channels whose survivors are named, in 16 bits."""


@dataclass(frozen=True, eq=False)
class LanesRoute:
    """Lanes for plain spikes of many steps into fresh planes; everything else goes by `otherwise`.

    `name`: the projection's. `most_seen`: the most source pixels that a target pixel sees.
    """

    name: str
    otherwise: RowsRoute | BlocksRoute
    blocks: Blocks
    lanes: Lanes
    most_seen: int

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return self.otherwise.most_operations

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        one_each = events.steps == planes.sums.shape[1]
        if planes.fresh and one_each and FEWEST_STEPS <= events.steps <= MOST_STEPS and not events.valued:
            sums = planes.sums
            key = sums.shape[1], sums.dtype
            work = buffers.record(self.name, "work", key, lambda: self._workspace(sums, buffers))
            deliver_lanes(planes, events, self.otherwise.rows, self.blocks, self.lanes, work, operations)
        else:
            self.otherwise.deliver(planes, events, operations, buffers)

    def _workspace(self, sums: Values, buffers: Buffers) -> Workspace:
        channels, pixels = int(self.lanes.channels), self.lanes.pixels
        most = self.most_seen * channels
        unit = max(UNIT, VECTOR_BYTES // sums.itemsize)
        length = -(-sums.shape[1] // unit) * unit
        return Workspace(
            train=buffers.zeros(self.name, "train", pixels * channels * length, sums.dtype),
            mark=buffers.zeros(self.name, "mark", pixels * channels, np.uint8),
            active=buffers.take(
                self.name, "active", (pixels, channels), np.uint16 if channels <= MOST_NAMED else np.int32
            ),
            fired=buffers.zeros(self.name, "fired", pixels, np.int32),
            tile=buffers.take(self.name, "tile", (int(self.lanes.width) * length,), sums.dtype),
            weight_at=buffers.take(self.name, "weight_at", (most,), np.uint64),
            train_at=buffers.take(self.name, "train_at", (most,), np.uint64),
        )


def compile_lanes(wanted: Wanted, taps: Taps, rows: RowsRoute, blocks: BlocksRoute | None) -> LanesRoute | None:
    """Lanes over the same weights as `rows`, and over `blocks` of them; None where they cannot serve."""
    if not (wanted.over_time and wanted.fills and wanted.first):
        return None
    pooled = wanted.pooled
    first_seen, seen, row = views_of(taps, pooled)
    listed, first, channel, weight = _survivors(taps, rows.rows.weights)
    reach = len(seen) / (pooled[1] * pooled[2])
    lanes = Lanes(
        slot=slots_of(as_grid(wanted.read), wanted.projection.pool, pooled),
        first_seen=first_seen,
        seen=seen,
        row=row,
        channel_base=as_int32(taps.channel_base),
        first=first,
        channel=channel,
        weight=weight,
        channels=np.uint64(taps.channel_base.size),
        taps=np.uint64(len(taps.taps)),
        row_length=np.uint64(taps.length),
        width=np.uint64(taps.groups * taps.length),
        pixels=pooled[1] * pooled[2],
        listed=listed,
        one_group=taps.groups == 1,
        cost=Cost(
            by_lanes=reach * len(weight) / (taps.weights.size / taps.length),
            by_rows=reach * taps.length * (blocks.share if blocks else 1.0),
            reach=reach,
        ),
    )
    check_lanes(lanes, prod(wanted.read), wanted.target.size)
    most_seen = int(np.diff(first_seen).max(initial=0))
    return LanesRoute(wanted.projection.name, blocks or rows, blocks.blocks if blocks else NO_BLOCKS, lanes, most_seen)


def _survivors(taps: Taps, weights: Values) -> tuple[bool, NDArray[np.int32], NDArray[np.uint16], Values]:
    """`listed`, `first`, `channel` and `weight` of `Lanes`; rows as they are where most survive."""
    rows = weights.reshape(-1, taps.length)
    alive = rows != 0
    if alive.mean() >= DENSE_SHARE or taps.length > MOST_NAMED:
        return False, np.zeros(1, np.int32), np.zeros(0, np.uint16), weights
    counts = alive.sum(axis=1)
    first = as_int32(np.concatenate([[0], np.cumsum(counts)]))
    return True, first, np.nonzero(alive)[1].astype(np.uint16), np.ascontiguousarray(rows[alive])
