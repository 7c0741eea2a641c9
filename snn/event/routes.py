"""The ways of a projection's events into the planes of its target, and the choice among them.

- rows: the weights of a spike are added row by row (`snn.kernels.rows`), without blocks of output channels that are pruned
  (`snn.kernels.blocks`). Graded and valued events always go by whole rows.
- lanes: the weights of a source are added to many steps at once (`snn.event.lanes`), where it has fired often enough.
- lists: survivor by survivor (`snn.kernels.lists`), in sparse layers that are too large to unfold.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.checks import check_blocks, check_lanes, check_lists, check_scatter
from spikewright.snn.event.lanes import Lanes
from spikewright.snn.event.scatter import Scatter, channels_of_a_row, compile_lanes_of, compile_scatter, engine_order
from spikewright.snn.kernels.blocks import WIDTH, Blocks, compile_blocks, in_use
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.lanes import deliver_lanes
from spikewright.snn.kernels.lists import Lists, compile_lists, deliver_lists, wants_lists
from spikewright.snn.kernels.rows import deliver_blocks, deliver_graded, deliver_spikes, deliver_valued
from spikewright.snn.kernels.simd import UNIT, VECTOR_BYTES
from spikewright.snn.network import Network, Projection

Array = NDArray[Any]
FEWEST_STEPS, MOST_STEPS = 4, 64
"""Steps of a chunk between which lanes are thought of."""


@dataclass(frozen=True, eq=False)
class Route:
    """The plans of one projection. `name`: that of the projection."""

    name: str
    rows: Scatter | None
    blocks: Blocks | None = None
    lanes: Lanes | None = None
    lists: Lists | None = None

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        plan = self.rows if self.lists is None else self.lists
        return int(plan.fanout.sum()) if plan is not None else 0


def compile_route(
    network: Network, projection: Projection, kind: np.dtype[Any], shift: int, *, lanes: bool = False
) -> Route:
    """The plans of a projection with integers times 2**shift, weights held as `kind`; `lanes`: whether they may serve."""
    source, target = network.by_name[projection.source], network.by_name[projection.target]
    if wants_lists(projection):
        lists = compile_lists(network, projection, kind, shift, engine_order(source.shape))
        check_lists(lists, source.size, target.size)
        return Route(projection.name, None, lists=lists)
    rows = compile_scatter(network, projection, kind, shift)
    check_scatter(rows, target.size)
    blocks, share = compile_blocks(rows, channels_of_a_row(network, projection))
    check_blocks(blocks, rows, target.size, WIDTH)
    if not (lanes and fills(network, projection)):
        return Route(projection.name, rows, blocks)
    timed = compile_lanes_of(network, projection, rows, share)
    check_lanes(timed, source.size, target.size)
    return Route(projection.name, rows, blocks, timed)


def fills(network: Network, projection: Projection) -> bool:
    """Whether a projection reaches all channels of its target."""
    channels = network.by_name[projection.target].shape[0]
    return projection.channels is None or projection.channels == (0, channels)


def add_spikes(
    S: Array, start: Array | None, events: Events, route: Route, operations: Array, buffers: Buffers
) -> None:
    """Add the spikes of a chunk of steps to the planes S; with `start` every plane begins as that, where it is empty as zero."""
    begin, spikes, fresh = (S[:, :1] if start is None else start), (events.index, events.ends), start is not None
    if route.lists is not None:
        deliver_lists(S, begin, fresh, spikes, events.values, (route.lists, False), operations)
    elif events.value is not None:
        deliver_valued(S, begin, fresh, spikes, events.value, route.rows, operations)
    elif route.lanes is not None and fresh and FEWEST_STEPS <= events.steps == S.shape[1] <= MOST_STEPS:
        scratch = _scratch(route, route.lanes, S, buffers)
        deliver_lanes(S, begin, spikes, (route.rows, route.blocks, route.lanes), scratch, operations)
    elif route.blocks is not None and in_use(route.blocks):
        deliver_blocks(S, begin, fresh, spikes, route.rows, route.blocks, operations)
    else:
        deliver_spikes(S, begin, fresh, spikes, route.rows, operations)


def add_graded(S: Array, events: Events, route: Route, operations: Array) -> None:
    """Add values, sent once, to the first plane."""
    if route.lists is None:
        deliver_graded(S, events.index, events.value, events.ends, route.rows, operations)
    else:
        deliver_lists(S, S[:, :1], False, (events.index, events.ends), events.values, (route.lists, True), operations)


def _scratch(route: Route, lanes: Lanes, S: Array, buffers: Buffers) -> tuple[Array, ...]:
    """What `deliver_lanes` works in: (X, mark, active, count, tile, rows, ats)."""
    channels, pixels = int(lanes.size[0]), lanes.sources
    most = int(np.diff(lanes.pixels).max(initial=0)) * channels
    unit = max(UNIT, VECTOR_BYTES // S.itemsize)
    length = -(-S.shape[1] // unit) * unit
    return (
        buffers.zeros(route.name, "X", pixels * channels * length, S.dtype),
        buffers.zeros(route.name, "mark", pixels * channels, np.uint8),
        buffers.take(route.name, "active", (pixels, channels), np.uint16 if channels <= 2**16 else np.int32),
        buffers.zeros(route.name, "count", pixels, np.int32),
        buffers.take(route.name, "tile", (int(lanes.size[3]) * length,), S.dtype),
        buffers.take(route.name, "rows", (most,), np.uint64),
        buffers.take(route.name, "ats", (most,), np.uint64),
    )
