"""Explicit lists: a plan and its kernel for huge dense layers of which few weights survive.

Source i adds weight[j] to target[j] for first[i] <= j < first[i + 1]. Nothing is ever unfolded: the plan is made from the
stored survivors in one counting sort, and takes four bytes and a weight for each of them.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.rows import begin
from spikewright.snn.network import Network, Projection
from spikewright.snn.synapses import Linear
from spikewright.weights import survivors

LARGEST_UNFOLDED = 2**26
"""A sparse layer of more places than this is never unfolded."""
FEW = 0.005
"""Nor is one of which a smaller share survives."""


class Lists(NamedTuple):
    """See the module. `fanout`: survivors of each source; all sources in engine order."""

    first: NDArray[np.int64]
    target: NDArray[np.int32]
    weight: NDArray[Any]
    fanout: NDArray[np.int64]


def wants_lists(projection: Projection) -> bool:
    """Whether a projection is too large, or too sparse, for rows."""
    synapse = projection.synapse
    if not isinstance(synapse, Linear) or projection.pool != (1, 1):
        return False
    places, stored = synapse.weights.size, synapse.weights.stored
    return stored < places and (places > LARGEST_UNFOLDED or stored < FEW * places)


def compile_lists(network: Network, projection: Projection, kind: np.dtype[Any], shift: int, order: Any) -> Lists:
    """The plan of a sparse Linear; `order`: the public address of each source in engine order."""
    weights: Any = projection.synapse.weights  # type: ignore[union-attr]
    offset = projection.channels[0] if projection.channels else 0
    if len(network.by_name[projection.target].shape) != 1:
        raise InvalidNetwork(f"expected a target (N,) of the sparse projection {projection.name!r}")
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    places, values = survivors(weights)
    if np.issubdtype(kind, np.integer):
        values = values.astype(np.int64) << shift if shift else values
    first = np.zeros(order.size + 1, np.int64)
    target, weight = np.empty(values.size, np.int32), np.empty(values.size, kind)
    _sort(places, values, (place, weights.shape[1], offset), first, (target, weight))
    return Lists(first, target[: first[-1]], weight[: first[-1]], np.diff(first))


@compiled
def _sort(indices, values, where, first, out):
    """Counting sort by source; within a source the order of targets stays. Weights that are zero do not survive."""
    place, columns, offset = where
    target, weight = out
    for n in range(indices.size):
        if values[n] != 0:
            first[place[np.int64(indices[n]) % columns] + 1] += 1
    for i in range(first.size - 1):
        first[i + 1] += first[i]
    fill = first[:-1].copy()
    for n in range(indices.size):
        if values[n] != 0:
            flat = np.int64(indices[n])
            i = place[flat % columns]
            target[fill[i]], weight[fill[i]] = flat // columns + offset, values[n]
            fill[i] += 1


@compiled
def deliver_lists(S, start, fresh, events, value, plan, operations):
    """As `deliver_spikes` or, with a `value` like the index, `deliver_valued` or `deliver_graded`.

    `plan` = (lists, whether values are graded: then each weight is one operation, whatever the value).
    """
    index, ends = events
    lists, graded = plan
    for s in range(index.shape[0]):
        total = np.int64(0)
        for t in range(ends.shape[1] - 1):
            plane = S[s, min(t, S.shape[1] - 1)]
            if fresh and t < S.shape[1]:
                begin(plane, start, s)
            for n in range(ends[s, t], ends[s, t + 1]):
                i = np.uint64(index[s, n])
                first, stop = np.uint64(lists.first[i]), np.uint64(lists.first[i + np.uint64(1)])
                if value.shape[1]:
                    total += np.int64(stop - first) * (1 if graded else abs(np.int64(value[s, n])))
                    for j in range(first, stop):
                        plane[np.uint64(lists.target[j])] += lists.weight[j] * value[s, n]
                else:
                    total += np.int64(stop - first)
                    for j in range(first, stop):
                        plane[np.uint64(lists.target[j])] += lists.weight[j]
        operations[s] += total
