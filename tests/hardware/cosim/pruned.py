"""Drawn networks whose weights are pruned, and shared."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.reaches import reach
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.weights import Mask, Masked, codebook, dense


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


def regular(network: snn.Network, lanes: Mapping[str, PhysicalLanes], seed: int) -> snn.Network:
    """The same network with one weight left among the neighbouring channels of a lane: all tiles have one packed row."""
    random, projections = np.random.default_rng(seed), []
    for projection in network.projections:
        synapse = projection.synapse
        if synapse.weights is not None:
            weights, shape = synapse.weights.values(), as_map(network.by_name[projection.target].shape)
            own = -(-shape[0] // lanes[projection.target].channels)
            whole = np.zeros((-(-len(weights) // own) * own, *weights.shape[1:]), weights.dtype)
            whole[: len(weights)] = weights
            parts = whole.reshape(-1, own, *weights.shape[1:])
            kept = np.arange(own).reshape(1, own, *(1,) * (weights.ndim - 1)) == random.integers(
                0, own, parts[:, :1].shape
            )
            left = np.where(kept, parts, 0).reshape(whole.shape)[: len(weights)]
            synapse = synapse.with_weights(dense(left.astype(weights.dtype)))
        projections.append(replace(projection, synapse=synapse))
    return replace(network, projections=tuple(projections))


def shared(network: snn.Network, seed: int, *, masked: bool = False) -> snn.Network:
    """The same network with four different weights in each projection, stored as codes, half of them or all."""
    random, projections = np.random.default_rng(seed), []
    for projection in network.projections:
        synapse = projection.synapse
        if synapse.weights is not None:
            table = random.choice(np.arange(-100, 100), 4, replace=False).astype(np.int8)
            kept = random.random(synapse.weights.shape) < (0.5 if masked else 1.0)
            codes = random.integers(0, 4, int(kept.sum()) if masked else kept.shape)
            book = codebook(codes.astype(np.uint8), table)
            synapse = synapse.with_weights(Masked(Mask(kept.shape, np.flatnonzero(kept)), book) if masked else book)
        projections.append(replace(projection, synapse=synapse))
    return replace(network, projections=tuple(projections))


def packed(network: snn.Network) -> dict[str, str]:
    """Packed rows for each projection that can have them: its events reach several channels of a layer that is no output."""
    lanes = PhysicalLanes()
    found = {}
    for projection in network.projections:
        target = network.by_name[projection.target]
        several = not reach(network, projection, LayerBlocks(as_map(target.shape), lanes)).one_channel
        if several and target.name != network.output:
            found[projection.name] = "packed"
    return found
