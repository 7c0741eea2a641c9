"""Proofs that integers hold what they are given: bounds from the weights themselves, never from samples."""

import numpy as np
from numpy.typing import NDArray

from snn.encode import largest_value
from snn.network import Network, Population, Projection
from snn.neurons import SPIKING, QuantReLU, Source
from snn.synapses import AvgPool2d, Identity
from snn.weights import stored_values
from spikewright import InvalidNetwork


def largest_sent(network: Network, population: Population, multiplicity: int = 1) -> int:
    """The largest integer that one neuron sends in one step; `multiplicity`: spikes that jitter may gather in a step."""
    if isinstance(population.neuron, Source):
        return largest_value(network.code) * (1 if network.code.graded else multiplicity)
    if isinstance(population.neuron, QuantReLU):
        return population.neuron.levels
    return multiplicity if isinstance(population.neuron, SPIKING) else 0


def sum_bound(network: Network, projection: Projection, multiplicity: int = 1) -> int:
    """The largest |S| that `projection` can bring to a neuron in one step: max_o sum |W_o| times what is sent, shifted."""
    sent = largest_sent(network, network.by_name[projection.source], multiplicity)
    area = projection.pool[0] * projection.pool[1]
    return int(_fan_in(projection).max()) * area * sent << projection.shift


def population_bound(network: Network, population: Population, multiplicity: int = 1) -> int:
    """The largest |S + b| of one step; all steps at once in the layerwise schedule."""
    total = sum(sum_bound(network, projection, multiplicity) for projection in network.incoming[population.name])
    total += int(np.max(np.abs(np.asarray(population.bias)), initial=0))
    return total * (network.steps if network.schedule == "layerwise" else 1)


def integer_type(bound: int, what: str) -> np.dtype[np.signedinteger]:
    """The narrowest of int16, int32, int64 with |bound| inside. Raises InvalidNetwork when none is wide enough."""
    for kind in (np.int16, np.int32, np.int64):
        if bound <= np.iinfo(kind).max:
            return np.dtype(kind)
    raise InvalidNetwork(f"expected {what} below 2**63, got a bound of {float(bound):.3g}; try fewer bits or steps")


def _fan_in(projection: Projection) -> NDArray[np.int64]:
    synapse = projection.synapse
    if isinstance(synapse, Identity):
        return np.abs(np.asarray(synapse.gain, dtype=np.int64)).reshape(-1)
    if isinstance(synapse, AvgPool2d):
        return np.abs(np.asarray(synapse.gain, dtype=np.int64)).reshape(-1) * synapse.kernel[0] * synapse.kernel[1]
    values = np.abs(stored_values(synapse.weights).astype(np.int64))
    total: NDArray[np.int64] = values.reshape(values.shape[0], -1).sum(axis=1)
    return total
