"""The order of a projection in the event engine: events are put at the places that read their neurons, then delivered as ever."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikewright.index_maps import IndexMap
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.checks import as_int32, check_kept, check_places
from spikewright.snn.event.routes.wanted import Route
from spikewright.snn.kernels.events import Events, no_values
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.kernels.rearranging import Places, most_rearranged, rearrange


@dataclass(frozen=True, eq=False)
class PlacedEvents:
    """Where the neurons of a source are read: `name` of the projection, its `places`, and how many there are, `size`."""

    name: str
    places: Places
    size: int

    def placed(self, events: Events, buffers: Buffers) -> Events:
        """The events as those of the places, valid until the next call for this projection."""
        most, samples = int(most_rearranged(events, self.places)), len(events.ends)
        check_kept(most)
        room = most + 1  # so that events with values are told from others
        out = Events(
            buffers.take(self.name, "placed address", (samples, room), np.int32),
            buffers.take(self.name, "placed ends", events.ends.shape, np.int32),
            buffers.take(self.name, "placed value", (samples, room), events.value.dtype)
            if events.valued
            else no_values(samples),
            events.graded,
        )
        rearrange(events, self.places, buffers.zeros(self.name, "placed mark", self.size, np.int32), out)
        return out


@dataclass(frozen=True, eq=False)
class OrderedRoute:
    """A route from the places of an order on. `inner`: that of the numbers in their places."""

    before: PlacedEvents
    inner: Route

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every place has an event."""
        return self.inner.most_operations

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        self.inner.deliver(planes, self.before.placed(events, buffers), operations, buffers)


def compile_order(name: str, order: IndexMap) -> PlacedEvents:
    """The places of the projection `name`, in the order of the engines. Raises InvalidNetwork for more than 32 bits count."""
    sources, targets = engine_order(order.source), engine_order(order.shape)
    engine = np.full(sources.size + 1, -1, np.int64)
    engine[sources] = np.arange(sources.size)  # the last one is that of -1
    found = IndexMap.of((sources.size,), engine[order.addresses.reshape(-1)[targets]])
    first, target = found.places()
    places = Places(as_int32(first), as_int32(target))
    check_places(places, sources.size, order.size)
    return PlacedEvents(name, places, order.size)
