"""The widths of a fixed-point network, taken from its integers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.hardware.model.weight_memory import CoreWeights
from spikewright.hardware.supported import check_buildable
from spikewright.snn import Network
from spikewright.snn.fixed.bounds import population_bound


@dataclass(frozen=True)
class CoreWidths:
    """Bits, two's complement: `weights[projection]`, `potentials[population]` as declared, `accumulators[population]`
    proved from the weights and the fan-in: they hold any S + b of one step."""

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
        {p.name: p.width for p in inner},
        {p.name: population_bound(network, p).bit_length() + 1 for p in inner},
    )


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
    """The width of the integers that multiply what arrives: stored weights, or the gain."""
    return CoreWeights.of(synapse.weights).weight_bits if synapse.weights is not None else signed_bits(synapse.gain)
