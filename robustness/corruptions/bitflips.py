"""Bit flips in the memory that holds the weights: upsets by radiation, low voltage, wear."""

import copy
from dataclasses import dataclass
from typing import Any, ClassVar, final

import torch
from torch import Tensor

from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import write
from spikewright.compress.freshness import check_fresh
from spikewright.robustness.ann_predictor import AnnPredictor
from spikewright.robustness.corruptions.base import PROBABILITY, Corruption, Harms, Strength
from spikewright.robustness.predictor import Predictor
from spikewright.robustness.snn_predictor import SnnPredictor
from spikewright.snn.disturb.faults import FIRST_OF_WEIGHTS, KINDS_A_PROJECTION, WeightBitFlips, with_faults
from spikewright.snn.disturb.weight_memories import flipped, real_weights


@final
@dataclass(frozen=True)
class WeightBitFlipsFault(Corruption):
    """Each stored bit of each weight flips with probability `strength`; two's complement. Biases stay whole.

    Harmed is what `snn.WeightBitFlips` harms, in a spiking network and in a `Compressed` alike: all values of dense weights, the
    stored ones of pruned weights, the indices of a codebook and its table if it holds integers. Widths are those of the memories,
    as a `Compressed` declares them. Weights in floating point are refused.
    """

    harms: ClassVar[Harms] = "chip"
    strength: ClassVar[Strength] = PROBABILITY
    of_chip: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """As the fault of a network is called."""
        return WeightBitFlips.__name__

    def lacks(self, predictor: Predictor) -> str | None:
        """Integers in a memory that is known."""
        return _without_integers(predictor)

    def harmed(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        """The labels of the model or network with flipped weights."""
        if isinstance(predictor, SnnPredictor):
            network = with_faults(predictor.network, WeightBitFlips(strength, seed=seed))
            return SnnPredictor(network, predictor.name, engine=predictor.engine).predict(images)
        original: Any = getattr(predictor, "original", None)
        harmed = flip_compressed(original, strength, seed)
        return AnnPredictor(harmed, predictor.name, input_range=predictor.bounds, head=predictor.head).predict(images)


def flip_compressed(model: Compressed, probability: float, seed: int) -> torch.nn.Module:
    """A copy of the model with flipped bits in the memories of its layers that store integers, layer n as projection n."""
    check_fresh(model)
    harmed = copy.deepcopy(model.model)
    for place, (path, weights) in enumerate(model.weights.items()):
        if not real_weights(weights):
            stream = FIRST_OF_WEIGHTS + KINDS_A_PROJECTION * place
            write(harmed.get_submodule(path), flipped(weights, probability, seed, stream), path)
    return harmed


def _without_integers(predictor: Predictor) -> str | None:
    if isinstance(predictor, AnnPredictor):
        held = predictor.original.weights.values() if isinstance(predictor.original, Compressed) else ()
        quantised = not all(map(real_weights, held))
        return None if quantised else "its weights are in floating point; quantise first"
    if not isinstance(predictor, SnnPredictor):
        return "its weights are not known"
    stored = [p.synapse.weights for p in predictor.network.projections if p.synapse.weights is not None]
    if not any(map(real_weights, stored)):
        return None
    return "its weights are in floating point; quantise first, or try network.to_fixed()"
