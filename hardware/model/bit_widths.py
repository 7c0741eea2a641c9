"""The widths of a fixed-point network, taken from its integers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.hardware.circuit.gates import GateCounts
from spikewright.hardware.model.weight_memory import CoreWeights
from spikewright.hardware.supported import check_buildable
from spikewright.snn import Network, Population
from spikewright.snn.fixed.bounds import population_bound


@dataclass(frozen=True)
class CoreWidths:
    """Bits, two's complement: `weights[projection]`, `potentials[population]` as declared, `accumulators[population]`
    proved from the weights and the fan-in: they hold any S + b of one step. Of gates both hold what they compare."""

    weights: Mapping[str, int]
    potentials: Mapping[str, int]
    accumulators: Mapping[str, int]


def widths(network: Network) -> CoreWidths:
    """The narrowest widths that hold every stored weight and every sum of a step.

    Raises InvalidInput for a float32 network and for parts that no core here can run (`hardware.supported`).
    """
    check_buildable(network)
    inner = [p for p in network.populations if p.name != network.input]
    return CoreWidths(
        {q.name: _weight_bits(q.synapse) for q in network.projections},
        {p.name: _count_bits(network, p) if p.neuron.compares else p.width for p in inner},
        {p.name: _accumulator_bits(network, p) for p in inner},
    )


def _accumulator_bits(network: Network, population: Population) -> int:
    if population.neuron.compares:
        return _count_bits(network, population)
    return population_bound(network, population).bit_length() + 1


def _count_bits(network: Network, population: Population) -> int:
    """Of what gates compare, with a sign."""
    return GateCounts.of(network, population).bits + 1


def signed_bits(values: Any) -> int:
    """The narrowest two's complement width that holds all integers `values`; at least 1."""
    array = np.asarray(values)
    if array.size == 0:
        return 1
    low, high = int(array.min()), int(array.max())
    return max(high.bit_length() + 1 if high > 0 else 1, (-low - 1).bit_length() + 1 if low < 0 else 1)


def unsigned_bits(count: int) -> int:
    """The bits that number `count` things; at least 1."""
    return max(1, (count - 1).bit_length())


def _weight_bits(synapse: Any) -> int:
    """The width of the integers that multiply what arrives: stored weights, the gain, or products of it and two matrices."""
    if synapse.weights is not None:
        return CoreWeights.of(synapse.weights).weight_bits
    products = np.asarray(1 if synapse.gain is None else synapse.gain).astype(np.int64).reshape(-1)
    for name in synapse.matrices:
        matrix = getattr(synapse, name)
        ends = np.array([products.min(), products.max()])
        products = np.multiply.outer(ends, [int(matrix.min()), int(matrix.max())]).reshape(-1)
    return signed_bits(products)
