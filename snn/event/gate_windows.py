"""The windows of a gate as the event engine holds them, and the order in which a projection reads its source."""

from typing import Any, NamedTuple

from spikewright.snn.event.addresses import as_grid
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.ordering import PlacedEvents, compile_order
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.gates import WindowMap
from spikewright.snn.network import Network
from spikewright.snn.projections import Projection


class IncomingWindows(NamedTuple):
    """A projection into a gate and its windows. `before`: the places of its order, None where it has none."""

    projection: Projection
    windows: WindowMap
    before: PlacedEvents | None = None

    def placed(self, events: Events, buffers: Buffers) -> Events:
        """Events of the source as those of the places that the windows lie over."""
        return events if self.before is None else self.before.placed(events, buffers)


def incoming_windows(network: Network, projection: Projection) -> IncomingWindows:
    """A projection whose synapse is `Windows`."""
    source, target = (network.by_name[name].shape for name in (projection.source, projection.target))
    (c, h, w), (channels, rows, columns) = as_grid(projection.reads(source)), as_grid(target)
    synapse: Any = projection.synapse
    first = projection.channels[0] if projection.channels else 0
    windows = WindowMap((h, w, c), (rows, columns, channels), first, synapse.kernel, synapse.stride, synapse.padding)
    before = None if projection.order is None else compile_order(projection.name, projection.order)
    return IncomingWindows(projection, windows, before)
