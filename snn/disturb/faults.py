"""Static faults of one chip: variation of thresholds and weights, bit flips in weight memories. A network in, a network out.

Draws are those of `snn.disturb.noise` at sample 0 and step 0. Thresholds: stream 16 * place + 4 to 6, the neuron counted C, H, W
row-major. Weights: stream 2**32 + 64 * (place of the projection in `network.projections`) + kind, the weight counted in its
memory: dense row-major, sparse and codebook as they are stored. Without a seed of its own each chip is seed 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.snn.checked import check_seed, is_whole, plain
from spikewright.snn.disturb.noise import KINDS_A_POPULATION, Names, acts_on, check_deviation, check_probability
from spikewright.snn.disturb.randomness import draws, happens, normal
from spikewright.snn.network import Network, Population, Projection
from spikewright.snn.synapses import WEIGHTED
from spikewright.snn.weights import Codebook, Dense, Sparse, Storage, memory

FIRST_OF_WEIGHTS = 2**32
KINDS_A_PROJECTION = 64
SMALLEST_SHARE = 0.01


@dataclass(frozen=True)
class ThresholdVariation:
    """Each neuron's threshold is theta max(1 + deviation n, 0.01), n normal, kinds 4 to 6.

    `negative` of a TernaryIF has the same n. In float64, then float32; fixed point min(max(floor(. + 1/2), 1),
    2**(bits - 1) - 1). Acts on neurons that fire in steps.
    """

    deviation: float
    seed: int = 0
    populations: Names = ()

    def __post_init__(self) -> None:
        plain(self)
        check_deviation(self.deviation)
        check_seed(self.seed)


@dataclass(frozen=True)
class WeightVariation:
    """Each stored weight is w (1 + deviation n), kinds 0 to 2; integers are floor(. + 1/2), a codebook varies in its table.

    `projections`: the names that it acts on; all when empty. Pruned weights stay pruned.
    """

    deviation: float
    seed: int = 0
    projections: Names = ()

    def __post_init__(self) -> None:
        plain(self)
        check_deviation(self.deviation)
        check_seed(self.seed)


@dataclass(frozen=True)
class WeightBitFlips:
    """Each bit of an integer weight memory is flipped with `probability`. Bit k has kind 3 + k; words are two's complement.

    `bits`: width of a word; None: the narrowest that holds the weights of a projection. Of a codebook the indices are hit,
    words of ceil(log2(entries)) bits, and an index beyond the table reads its last entry. Raises InvalidInput for real weights.
    """

    probability: float
    bits: int | None = None
    seed: int = 0
    projections: Names = ()

    def __post_init__(self) -> None:
        plain(self)
        check_probability(self.probability)
        check_seed(self.seed)
        if self.bits is not None and not is_whole(self.bits, 1, 32):
            raise InvalidInput(f"expected words of 1 to 32 bits, got {self.bits}")


Fault = ThresholdVariation | WeightVariation | WeightBitFlips


def with_faults(network: Network, faults: Fault | Sequence[Fault]) -> Network:
    """The network on a chip with these faults, applied in order. Raises InvalidInput for names that do not exist."""
    for fault in faults if isinstance(faults, Sequence) else (faults,):
        if isinstance(fault, ThresholdVariation):
            varied = tuple(_varied(network, place, fault) for place in range(len(network.populations)))
            network = replace(network, populations=varied)
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
    top = 2 ** ((population.potential_bits or 63) - 1) - 1
    return np.clip(np.floor(varied + 0.5), 1, top).astype(np.int64)


def _hit(network: Network, place: int, fault: WeightVariation | WeightBitFlips) -> Projection:
    projection = network.projections[place]
    synapse = projection.synapse
    if not isinstance(synapse, WEIGHTED) or (fault.projections and projection.name not in fault.projections):
        return projection
    stream = FIRST_OF_WEIGHTS + KINDS_A_PROJECTION * place
    if isinstance(fault, WeightVariation):
        storage = _with_memory(synapse.weights, _varied_weights(memory(synapse.weights), stream, fault))
    else:
        storage = _flipped(projection.name, synapse.weights, stream, fault)
    return replace(projection, synapse=replace(synapse, weights=storage))


def _varied_weights(values: NDArray[Any], stream: int, fault: WeightVariation) -> NDArray[Any]:
    n = normal(fault.seed, stream, 1, values.size).reshape(values.shape)
    varied = values.astype(np.float64) * (1.0 + fault.deviation * n)
    if values.dtype.kind == "f":
        return varied.astype(values.dtype)
    return _narrow(np.floor(varied + 0.5).astype(np.int64))


def _flipped(name: str, storage: Storage, stream: int, fault: WeightBitFlips) -> Storage:
    if isinstance(storage, Codebook):
        bits = max(int(storage.table.size - 1).bit_length(), 1)
        words = _flip(storage.indices.astype(np.int64), bits, stream, fault)
        indices = np.minimum(words, storage.table.size - 1).astype(storage.indices.dtype)
        return Codebook(indices, storage.table, storage.scale)
    values = storage.values
    if values.dtype.kind == "f":
        raise InvalidInput(f"expected integer weights for bit flips in projection {name!r}; try quantize or to_fixed()")
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    needed = max(max(high, -low - 1).bit_length() + 1, 1)
    bits = needed if fault.bits is None else fault.bits
    if bits < needed:
        raise InvalidInput(f"expected words of at least {needed} bits for projection {name!r}, got {bits}")
    half = 1 << (bits - 1)
    words = _flip(values.astype(np.int64) & (2 * half - 1), bits, stream, fault)
    return _with_memory(storage, _narrow((words ^ half) - half))


def _flip(words: NDArray[np.int64], bits: int, stream: int, fault: WeightBitFlips) -> NDArray[np.int64]:
    for bit in range(bits):
        hit = happens(draws(fault.seed, stream + 3 + bit, 1, words.size), fault.probability).reshape(words.shape)
        words = words ^ (hit.astype(np.int64) << bit)
    return words


def _with_memory(storage: Storage, values: NDArray[Any]) -> Storage:
    if isinstance(storage, Codebook):
        return Codebook(storage.indices, values, storage.scale)
    if isinstance(storage, Sparse):
        return Sparse(storage.size, storage.indices, values, storage.scale)
    return Dense(values, storage.scale)


def _narrow(values: NDArray[np.int64]) -> NDArray[Any]:
    if not values.size:
        return values.astype(np.int8)
    return values.astype(np.result_type(np.min_scalar_type(values.min()), np.min_scalar_type(-1 - values.max())))
