"""What a route is asked to do, and what every route can."""

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import Grid, as_grid
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import Shape, pooled_shape


class Route(Protocol):
    """The way of one projection's events into the sums of its target, planned once."""

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what the events of a chunk of steps bring; `operations (samples,)` get what that takes."""


class Wanted(NamedTuple):
    """A projection and how its weights are to be held: as numbers of a `kind`, integers times 2**shift.

    `over_time`: whether spikes of many steps come at once. `first`: whether nothing was added to the sums before.
    """

    network: Network
    projection: Projection
    kind: np.dtype[Any]
    shift: int = 0
    over_time: bool = False
    first: bool = True

    @property
    def source(self) -> Population:
        """Where events come from."""
        return self.network.by_name[self.projection.source]

    @property
    def read(self) -> Shape:
        """The shape of what is read of the source: its own, or that of the projection's order."""
        return self.projection.reads(self.source.shape)

    @property
    def target(self) -> Population:
        """Where they go."""
        return self.network.by_name[self.projection.target]

    @property
    def pooled(self) -> Grid:
        """The grid of what is read after its pool."""
        return as_grid(pooled_shape(self.read, self.projection.pool))

    @property
    def first_channel(self) -> int:
        """The target's channel at which the projection begins."""
        return self.projection.channels[0] if self.projection.channels else 0

    @property
    def fills(self) -> bool:
        """Whether it reaches all channels of its target."""
        return self.projection.channels in (None, (0, self.target.shape[0]))


def places_of(source: Grid, pool: tuple[int, int]) -> tuple[NDArray[Any], ...]:
    """For each source neuron in engine order: its channel, pooled row and column, and whether a window holds it (bool)."""
    channels, height, width = source
    grids = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    row, column, channel = (grid.reshape(-1) for grid in grids)
    rows, columns = row // pool[0], column // pool[1]
    kept = (rows < height // pool[0]) & (columns < width // pool[1])
    return channel, np.where(kept, rows, 0), np.where(kept, columns, 0), kept
