"""Events behind an order: what a projection reads at other places than its source says."""

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.shapes import Map, as_map
from spikewright.index_maps import IndexMap

Whole = NDArray[np.int64]


def behind_order(weights: Whole, order: IndexMap, pool: tuple[int, int], source: Map) -> Whole:
    """`weights (out, in)` behind an order and a pool as weights `(out, neurons of the source)`, sums where one is read often."""
    channels, rows, columns = as_map(order.shape)
    grid = np.full((channels, rows, columns), -1)
    inside = np.arange(weights.shape[1]).reshape(channels, rows // pool[0], columns // pool[1])
    within = grid[:, : inside.shape[1] * pool[0], : inside.shape[2] * pool[1]]
    within[:] = inside.repeat(pool[0], axis=1).repeat(pool[1], axis=2)
    reads, places = order.addresses.reshape(-1), grid.reshape(-1)
    used = (reads >= 0) & (places >= 0)
    whole = np.zeros((int(np.prod(source)), len(weights)), np.int64)
    np.add.at(whole, reads[used], weights.T[places[used]])
    return whole.T
