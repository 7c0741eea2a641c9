"""Leaky integrators: the record LIF with a threshold that its potential cannot reach.

With decay d < 1 and |S + b| <= B in every step, |V| <= |V(0)| + B / (1 - d). The threshold is the power of two above twice
that, and not simply a huge number, so that the width of a fixed-point potential follows from what really flows.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.twin.synapses import Path, as_column


def out_of_reach(network: Network, names: Collection[str]) -> Network:
    """`network` with the thresholds of its leaky integrators `names` just out of reach, for inputs in [0, 1]."""
    parts = tuple(_quiet(network, p) if p.name in names and p.neuron.leak else p for p in network.populations)
    return replace(network, populations=parts)


def _quiet(network: Network, population: Population) -> Population:
    """The population with the power of two above twice what its potential can reach as threshold."""
    neuron: Any = population.neuron
    most = as_column(population.bias, population.shape, torch.float64).abs()
    for projection in network.incoming[population.name]:
        path, source = Path(network, projection, torch.float64), network.by_name[projection.source]
        if path.weight is not None:
            path.weight.data.abs_()
        most = most + path(torch.full((1, *source.shape), float(largest_sent(network, source)), dtype=torch.float64))
    reach = float(most.max()) / neuron.leak + float(np.max(np.abs(population.initial)))
    threshold = 2.0 ** np.ceil(np.log2(2.0 * max(reach, 2.0**-20)))
    return replace(population, neuron=replace(neuron, threshold=float(threshold)))
