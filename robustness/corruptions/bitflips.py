"""Bit flips in the memory that holds the weights: upsets by radiation, low voltage, wear."""

import copy
from dataclasses import dataclass, replace
from typing import Any, ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikewright.compress.compressed import Compressed
from spikewright.compress.freshness import check_fresh
from spikewright.compress.graph.weighted import values_of
from spikewright.robustness.corruptions.base import PROBABILITY, Corruption, Harms, Strength
from spikewright.robustness.predictor import AnnPredictor, Predictor, SnnPredictor
from spikewright.snn.network import Network, Projection
from spikewright.snn.synapses import WEIGHTED
from spikewright.snn.weights import Codebook, Dense, Storage

Integers = NDArray[np.integer[Any]]


@final
@dataclass(frozen=True)
class WeightBitFlips(Corruption):
    """Each stored bit of each weight flips with probability `strength`; two's complement. Biases stay whole.

    Harmed is what the memory holds: all values of dense weights, the surviving ones of sparse weights, the indices
    and the table of a codebook (an index past the table reads 0). Widths: those that a `Compressed` declares, in a
    network the narrowest that holds every integer of the projection. Weights in floating point are refused.
    """

    harms: ClassVar[Harms] = "chip"
    strength: ClassVar[Strength] = PROBABILITY
    of_chip: ClassVar[bool] = True

    def lacks(self, predictor: Predictor) -> str | None:
        """Integers in a memory that is known."""
        return _without_integers(predictor)

    def harmed(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        """The labels of the model or network with flipped weights."""
        rng = np.random.default_rng(seed)
        if isinstance(predictor, SnnPredictor):
            network = flip_network(predictor.network, strength, rng)
            return SnnPredictor(network, predictor.name, engine=predictor.engine).predict(images)
        original: Any = getattr(predictor, "original", None)
        return AnnPredictor(flip_compressed(original, strength, rng), predictor.name).predict(images)


def flip_bits(values: Integers, bits: int, probability: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Two's complement integers of `bits` bits with each bit flipped with `probability`; the shape of `values`."""
    words = _flip_words(values.astype(np.int64) & ((1 << bits) - 1), bits, probability, rng)
    return np.where(words >> (bits - 1) & 1, words - (1 << bits), words)


def flip_network(network: Network, probability: float, rng: np.random.Generator) -> Network:
    """The network with flipped bits in the weights of every projection."""
    return replace(network, projections=tuple(_flip_projection(p, probability, rng) for p in network.projections))


def flip_compressed(model: Compressed, probability: float, rng: np.random.Generator) -> torch.nn.Module:
    """A copy of the model whose quantised weights are (flipped codes) * scale."""
    check_fresh(model)
    harmed = copy.deepcopy(model.model)
    with torch.no_grad():
        for path, (codes, scale) in model.integers.items():
            flipped = flip_bits(codes, model.bits[path], probability, rng)
            if path in model.masks:
                flipped = np.where(model.masks[path].cpu().numpy(), flipped, codes)
            layer: Any = harmed.get_submodule(path)
            layer.weight.copy_(values_of(layer, torch.from_numpy(flipped), torch.from_numpy(scale)))
    return harmed


def narrowest(values: Integers) -> int:
    """The bits of the narrowest two's complement word that holds every value, at least 2."""
    if not values.size:
        return 2
    low, high = int(values.min()), max(0, int(values.max()))
    return max(2, 1 + max(high.bit_length(), (-low - 1).bit_length() if low < 0 else 0))


def _flip_projection(projection: Projection, probability: float, rng: np.random.Generator) -> Projection:
    synapse = projection.synapse
    if not isinstance(synapse, WEIGHTED):
        return projection
    storage = _flip_storage(synapse.weights, probability, rng)
    return replace(projection, synapse=replace(synapse, weights=storage))


def _flip_storage(storage: Storage, probability: float, rng: np.random.Generator) -> Storage:
    if isinstance(storage, Codebook):
        width = max(1, int(storage.table.size - 1).bit_length())
        table = np.zeros(1 << width, dtype=np.int64)
        table[: storage.table.size] = _flipped(storage.table, probability, rng)
        indices = _flip_words(storage.indices.astype(np.int64), width, probability, rng)
        return Codebook(indices, table, storage.scale)
    flipped = _flipped(storage.values, probability, rng)
    return Dense(flipped, storage.scale) if isinstance(storage, Dense) else replace(storage, values=flipped)


def _flipped(values: Any, probability: float, rng: np.random.Generator) -> NDArray[np.int64]:
    return flip_bits(values, narrowest(values), probability, rng)


def _flip_words(words: NDArray[np.int64], bits: int, probability: float, rng: np.random.Generator) -> NDArray[np.int64]:
    for place in range(bits):
        words = words ^ (rng.random(words.shape) < probability).astype(np.int64) << place
    return words


def _without_integers(predictor: Predictor) -> str | None:
    if isinstance(predictor, AnnPredictor):
        quantised = isinstance(predictor.original, Compressed) and predictor.original.integers
        return None if quantised else "its weights are in floating point; quantise first"
    if not isinstance(predictor, SnnPredictor):
        return "its weights are not known"
    stored = [_held(p.synapse.weights) for p in predictor.network.projections if isinstance(p.synapse, WEIGHTED)]
    if all(np.issubdtype(values.dtype, np.integer) for values in stored):
        return None
    return "its weights are in floating point; quantise first, or try network.to_fixed()"


def _held(storage: Storage) -> Any:
    return storage.table if isinstance(storage, Codebook) else storage.values
