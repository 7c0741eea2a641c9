"""Events of a source as events of the places at which its neurons are read, for a projection with an order."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled


class Places(NamedTuple):
    """Neuron i of a source is read at the places `target[first[i]:first[i + 1]]`; both in the order of the engines.

    `first (sources + 1,)`, `target`: at most one entry for each place.
    """

    first: NDArray[np.int32]
    target: NDArray[np.int32]


@compiled
def most_rearranged(events, places):
    """The most events that a sample has once each stands at all its places."""
    most = np.int64(0)
    for s in range(events.ends.shape[0]):
        count = np.int64(0)
        for n in range(events.ends[s, 0], events.ends[s, -1]):
            i = events.address[s, n]
            count += places.first[i + 1] - places.first[i]
        most = max(most, count)
    return most


@compiled
def rearrange(events, places, mark, out):
    """Write the events to `out`, each at all its places, sorted by place within a step.

    `mark`: a zero for each place, and so again afterwards. `out` has room for `most_rearranged` of them.
    """
    for s in range(events.ends.shape[0]):
        count = 0
        out.ends[s, 0] = 0
        for t in range(events.ends.shape[1] - 1):
            low, high = _mark_step(events, s, t, places, mark)
            for place in range(low, high):
                if mark[place] != 0:
                    out.address[s, count] = place
                    if out.value.shape[1]:
                        out.value[s, count] = events.value[s, mark[place] - 1]
                    mark[place] = 0
                    count += 1
            out.ends[s, t + 1] = count


@compiled
def _mark_step(events, s, t, places, mark):
    """Mark the places of the events of a step with their number plus one; the first and, exclusive, the last of them."""
    low, high = mark.size, 0
    for n in range(events.ends[s, t], events.ends[s, t + 1]):
        i = events.address[s, n]
        for k in range(places.first[i], places.first[i + 1]):
            place = np.int64(places.target[k])
            mark[place] = n + 1
            low, high = min(low, place), max(high, place + 1)
    return low, high
