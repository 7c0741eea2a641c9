"""Explicit lists for huge dense layers of which few weights survive.

Nothing is ever unfolded: the lists are made from the stored survivors in one counting sort, and take four bytes and a weight
for each of them.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.event.addresses import engine_order, inverse
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.routes.row_checks import check_lists
from spikewright.snn.event.routes.wanted import Wanted
from spikewright.snn.kernels.events import Events
from spikewright.snn.kernels.lists import Lists, Survivors, deliver_lists, sort_by_source
from spikewright.snn.kernels.planes import Planes
from spikewright.snn.projections import Projection
from spikewright.weights import survivors

LARGEST_UNFOLDED = 2**26
"""A sparse layer of more places than this is never unfolded."""
FEW = 0.005
"""Nor is one of which a smaller share survives."""


@dataclass(frozen=True, eq=False)
class ListsRoute:
    """Survivor by survivor, for events of all kinds."""

    lists: Lists

    @property
    def most_operations(self) -> int:
        """Synaptic operations of a step in which every source fires once."""
        return int(self.lists.fanout.sum())

    def deliver(self, planes: Planes, events: Events, operations: NDArray[np.int64], buffers: Buffers) -> None:
        """Add what events bring; see `routes.wanted.Route`."""
        deliver_lists(planes, events, self.lists, operations)


def compile_lists(wanted: Wanted) -> ListsRoute | None:
    """The lists of a sparse Linear; None for a projection that is not too large, nor too sparse, for rows."""
    if not _suits(wanted.projection):
        return None
    if len(wanted.target.shape) != 1:
        raise InvalidNetwork(f"expected a target (N,) of the sparse projection {wanted.projection.name!r}")
    sources = prod(wanted.read)
    stored = _survivors(wanted)
    first, fanout = np.zeros(sources + 1, np.int64), np.zeros(sources, np.int64)
    target, weight = np.empty(stored.values.size, np.int32), np.empty(stored.values.size, wanted.kind)
    lists = Lists(first, target, weight, fanout)
    sort_by_source(stored, lists)
    lists = lists._replace(target=target[: first[-1]], weight=weight[: first[-1]])
    check_lists(lists, sources, wanted.target.size)
    return ListsRoute(lists)


def _suits(projection: Projection) -> bool:
    weights = projection.synapse.weights
    if weights is None or len(weights.shape) != 2 or projection.pool != (1, 1):
        return False
    places, stored = weights.size, weights.stored
    return stored < places and (places > LARGEST_UNFOLDED or stored < FEW * places)


def _survivors(wanted: Wanted) -> Survivors:
    """The stored weights as they act."""
    weights: Any = wanted.projection.synapse.weights
    indices, values = survivors(weights)
    if wanted.kind.kind != "f" and wanted.shift:
        values = values.astype(np.int64) << wanted.shift
    place = inverse(engine_order(wanted.read))
    return Survivors(indices, values, place, weights.shape[1], wanted.first_channel)
