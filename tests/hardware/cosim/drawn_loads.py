"""Pairs of networks whose circuits differ in what their memories hold."""

from dataclasses import replace

import numpy as np

from spikewright import snn
from spikewright.weights import Expression, Lookup, codebook, dense


def turned(network: snn.Network) -> snn.Network:
    """The same network with the weights, biases, thresholds and initial potentials of each layer in another order of its neurons.

    All widths stay: each neuron's weights are those of another, or, where weights are shared by all, the same.
    """
    projections = []
    for projection in network.projections:
        synapse = projection.synapse
        if synapse.weights is not None:
            synapse = synapse.with_weights(_reversed(synapse.weights))
        projections.append(replace(projection, synapse=synapse))
    return replace(network, projections=tuple(projections), populations=tuple(map(_turned, network.populations)))


def _reversed(weights: Expression) -> Expression:
    """The weights of each output in the reverse order, shared ones by their codes."""
    if isinstance(weights, Lookup):
        return codebook(_backwards(weights.index.values()), weights.table.values())
    return dense(_backwards(weights.values()))


def _backwards(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array.reshape(array.shape[0], -1)[:, ::-1]).reshape(array.shape)


def _turned(population: snn.Population) -> snn.Population:
    neuron, bias = population.neuron, population.bias
    for name, value in neuron.all_thresholds().items():
        neuron = replace(neuron, **{name: np.asarray(value)[::-1] if np.ndim(value) else value})
    return replace(population, neuron=neuron, bias=np.asarray(bias)[::-1] if np.ndim(bias) else bias)
