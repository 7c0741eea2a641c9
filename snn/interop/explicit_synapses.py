"""Every synapse of a projection by itself: source, target, weight; for simulators that know no convolutions."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.twin.synapses import Path

MOST_SYNAPSES = 50_000_000
CHUNK = 256


def explicit(
    network: Network, projection: Projection
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Every synapse of a projection with a weight that is not zero: source address, target address, weight.

    Read off torch's operator, one source neuron at a time: what it sends when it alone is 1 is its row of weights.
    """
    path, source = Path(network, projection, torch.float64), network.by_name[projection.source]
    rows, columns, weights, count = [], [], [], 0
    for start in range(0, source.size, CHUNK):
        ones = torch.zeros(min(CHUNK, source.size - start), source.size, dtype=torch.float64)
        ones[torch.arange(len(ones)), start + torch.arange(len(ones))] = 1.0
        with torch.no_grad():
            sums = path(ones.reshape(-1, *source.shape)).flatten(1).numpy()
        pre, post = np.nonzero(sums)
        rows.append(pre + start)
        columns.append(post)
        weights.append(sums[pre, post])
        count += len(pre)
        if count > MOST_SYNAPSES:
            raise InvalidNetwork(f"projection {projection.name!r} has more than {MOST_SYNAPSES:,} explicit synapses")
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(weights)


def spread(value: Any, population: Population) -> NDArray[np.float64]:
    """One number for each neuron, flat, of a scalar, `(channels,)` or full value rounded to float32 as our engines do."""
    array = np.asarray(value, dtype=np.float32).astype(np.float64)
    if array.ndim == 1:
        array = array.reshape(-1, *[1] * (len(population.shape) - 1))
    return np.broadcast_to(array, population.shape).reshape(-1)
