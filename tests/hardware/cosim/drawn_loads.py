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


def reweighed(network: snn.Network, seed: int = 0) -> snn.Network:
    """The same network with the weights of each output in a drawn order, zeros where they were, and constants as they were.

    All widths stay, and which rows of weights are left out.
    """
    random = np.random.default_rng(seed)
    projections = []
    for projection in network.projections:
        synapse = projection.synapse
        if synapse.weights is not None:
            synapse = synapse.with_weights(_mixed(synapse.weights, random))
        projections.append(replace(projection, synapse=synapse))
    return replace(network, projections=tuple(projections))


def _mixed(weights: Expression, random: np.random.Generator) -> Expression:
    """Shared ones by their codes."""
    if isinstance(weights, Lookup):
        return codebook(_drawn_order(weights.index.values(), weights.values() != 0, random), weights.table.values())
    return dense(_drawn_order(weights.values(), weights.values() != 0, random))


def _drawn_order(array: np.ndarray, moved: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What is `moved` changes places within each of the first axis."""
    found = np.ascontiguousarray(array).reshape(array.shape[0], -1).copy()
    for row, moves in zip(found, np.asarray(moved).reshape(found.shape), strict=True):
        row[moves] = random.permutation(row[moves])
    return found.reshape(array.shape)


def _turned(population: snn.Population) -> snn.Population:
    neuron, bias = population.neuron, population.bias
    for name, value in neuron.all_thresholds().items():
        neuron = replace(neuron, **{name: np.asarray(value)[::-1] if np.ndim(value) else value})
    return replace(population, neuron=neuron, bias=np.asarray(bias)[::-1] if np.ndim(bias) else bias)
