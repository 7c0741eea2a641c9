"""The route by lists: survivor by survivor, for dense layers that are too large, or too sparse, to be unfolded to rows."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.planes import plane_of


class Lists(NamedTuple):
    """The surviving weights by source, all sources in engine order. An event of source i adds, for first[i] <= j < first[i + 1],

        plane[target[j]] += weight[j]

    `fanout (sources,)`: synaptic operations of one event.
    """

    first: NDArray[np.int64]
    target: NDArray[np.int32]
    weight: NDArray[Any]
    fanout: NDArray[np.int64]


class Survivors(NamedTuple):
    """The weights that are stored of a matrix: `values (n,)` at the flat places `indices (n,)` of rows with `columns` places.

    `place (columns,)`: the engine address of each source. `offset`: the first target.
    """

    indices: NDArray[Any]
    values: NDArray[Any]
    place: NDArray[np.int64]
    columns: int
    offset: int


@compiled
def sort_by_source(stored, lists):
    """Fill `lists` from `stored` by a counting sort; within a source the order of targets stays. `first` is zero before.

    Weights that are zero do not survive: `target` and `weight` may have places left over.
    """
    first = lists.first
    for n in range(stored.indices.size):
        if stored.values[n] != 0:
            first[stored.place[np.int64(stored.indices[n]) % stored.columns] + 1] += 1
    for i in range(first.size - 1):
        first[i + 1] += first[i]
        lists.fanout[i] = first[i + 1] - first[i]
    fill = first[:-1].copy()
    for n in range(stored.indices.size):
        if stored.values[n] != 0:
            flat = np.int64(stored.indices[n])
            i = stored.place[flat % stored.columns]
            lists.target[fill[i]] = flat // stored.columns + stored.offset
            lists.weight[fill[i]] = stored.values[n]
            fill[i] += 1


@compiled
def deliver_lists(planes, events, lists, operations):
    """As `snn.kernels.rows.deliver_spikes` or, where events have values, `deliver_values`."""
    for s in range(events.address.shape[0]):
        total = np.int64(0)
        for t in range(events.ends.shape[1] - 1):
            plane = plane_of(planes, s, t)
            for n in range(events.ends[s, t], events.ends[s, t + 1]):
                i = np.uint64(events.address[s, n])
                first, stop = np.uint64(lists.first[i]), np.uint64(lists.first[i + np.uint64(1)])
                if events.value.shape[1]:
                    value = events.value[s, n]
                    total += np.int64(stop - first) * (1 if events.graded else abs(np.int64(value)))
                    for j in range(first, stop):
                        plane[np.uint64(lists.target[j])] += lists.weight[j] * value
                else:
                    total += np.int64(stop - first)
                    for j in range(first, stop):
                        plane[np.uint64(lists.target[j])] += lists.weight[j]
        operations[s] += total
