"""Static faults of one chip: variation of thresholds and weights, bit flips in weight memories. A network in, a network out.

Draws are those of `snn.disturb.noise` at sample 0 and step 0. Thresholds: stream 16 * place + 4 to 6, the neuron counted C, H, W
row-major. Weights: stream 2**32 + 64 * (place of the projection in `network.projections`) + kind, the weight counted through the
memories of the projection as `snn.disturb.weight_memories` says. Without a seed of its own each chip is seed 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.snn.checked import is_whole
from spikewright.snn.disturb.noise import KINDS_A_POPULATION, Names, acts_on
from spikewright.snn.disturb.randomness import normal
from spikewright.snn.disturb.seeded import SeededRecord
from spikewright.snn.disturb.weight_memories import flipped, real_weights, varied
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection

FIRST_OF_WEIGHTS = 2**32
KINDS_A_PROJECTION = 64
SMALLEST_SHARE = 0.01


@dataclass(frozen=True)
class ThresholdVariation(SeededRecord):
    """Each neuron's threshold is theta max(1 + deviation n, 0.01), n normal, kinds 4 to 6.

    `negative` of a TernaryIF has the same n. In float64, then float32; fixed point min(max(floor(. + 1/2), 1),
    2**(bits - 1) - 1). Acts on neurons that fire in steps.
    """

    deviation: float
    seed: int = 0
    populations: Names = ()


@dataclass(frozen=True)
class WeightVariation(SeededRecord):
    """Each stored weight is w (1 + deviation n), kinds 0 to 2; integers are floor(. + 1/2), a codebook varies in its table.

    `projections`: the names that it acts on; all when empty. Pruned weights stay pruned.
    """

    deviation: float
    seed: int = 0
    projections: Names = ()


@dataclass(frozen=True)
class WeightBitFlips(SeededRecord):
    """Each bit of an integer weight memory is flipped with `probability`. Bit k has kind 3 + k; words are two's complement.

    `bits`: width of a word that holds a weight; None: that of its memory, the narrowest unless another was declared. Of a
    codebook the indices are hit, words of ceil(log2(entries)) bits, and its table if it holds integers; an index beyond the
    table reads its last entry. Raises InvalidInput for real weights.
    """

    probability: float
    bits: int | None = None
    seed: int = 0
    projections: Names = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bits is not None and not is_whole(self.bits, 1, 32):
            raise InvalidInput(f"expected words of 1 to 32 bits, got {self.bits}")


Fault = ThresholdVariation | WeightVariation | WeightBitFlips


def with_faults(network: Network, faults: Fault | Sequence[Fault]) -> Network:
    """The network on a chip with these faults, applied in order. Raises InvalidInput for names that do not exist."""
    for fault in faults if isinstance(faults, Sequence) else (faults,):
        if isinstance(fault, ThresholdVariation):
            moved = tuple(_varied(network, place, fault) for place in range(len(network.populations)))
            network = replace(network, populations=moved)
        else:
            hit = tuple(_hit(network, place, fault) for place in range(len(network.projections)))
            network = replace(network, projections=hit)
    return network


def _varied(network: Network, place: int, fault: ThresholdVariation) -> Population:
    population = network.populations[place]
    neuron: Any = population.neuron
    if not neuron.fires or not acts_on(fault, population.name):
        return population
    n = normal(fault.seed, KINDS_A_POPULATION * place + 4, 1, population.size).reshape(population.shape)
    share = np.maximum(1.0 + fault.deviation * n, SMALLEST_SHARE)
    fixed = network.numbers == "fixed"
    changed = {
        name: _threshold(population, np.asarray(threshold), share, fixed)
        for name, threshold in neuron.all_thresholds().items()
    }
    return replace(population, neuron=replace(neuron, **changed))


def _threshold(population: Population, value: NDArray[Any], share: NDArray[np.float64], fixed: bool) -> NDArray[Any]:
    if value.ndim == 1 and len(population.shape) > 1:
        value = value.reshape(-1, *[1] * (len(population.shape) - 1))
    varied = value.astype(np.float64) * share
    if not fixed:
        return varied.astype(np.float32)
    top = 2 ** (population.width - 1) - 1
    return np.clip(np.floor(varied + 0.5), 1, top).astype(np.int64)


def _hit(network: Network, place: int, fault: WeightVariation | WeightBitFlips) -> Projection:
    projection = network.projections[place]
    synapse = projection.synapse
    if synapse.weights is None or (fault.projections and projection.name not in fault.projections):
        return projection
    stream = FIRST_OF_WEIGHTS + KINDS_A_PROJECTION * place
    if isinstance(fault, WeightVariation):
        weights = varied(synapse.weights, fault.deviation, fault.seed, stream)
    elif real_weights(synapse.weights):
        name = projection.name
        raise InvalidInput(f"expected integer weights for bit flips in projection {name!r}; try quantize or to_fixed()")
    else:
        weights = flipped(synapse.weights, fault.probability, fault.seed, stream, fault.bits)
    return replace(projection, synapse=synapse.with_weights(weights))
