"""Drawn networks whose weights are pruned, and shared."""

from dataclasses import replace

import numpy as np

from spikewright import snn
from spikewright.weights import dense


def pruned(network: snn.Network, seed: int, kept: float = 0.3) -> snn.Network:
    """The same network with this share of the outputs of each input left, so that whole rows are zero."""
    random, projections = np.random.default_rng(seed), []
    for projection in network.projections:
        synapse = projection.synapse
        if synapse.weights is not None:
            weights = synapse.weights.values()
            left = np.where(random.random(weights.shape) < kept, weights, 0)
            synapse = synapse.with_weights(dense(left.astype(weights.dtype)))
        projections.append(replace(projection, synapse=synapse))
    return replace(network, projections=tuple(projections))
