"""The verb: `exact(model, samples) -> Pair` of the integer CNN and the spiking network that equals it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from spikewright.conversion.converting import convert
from spikewright.conversion.integers.depth import firing_depth
from spikewright.conversion.integers.twins import spiking
from spikewright.conversion.recipes import Exact, Quantized
from spikewright.snn import Network, Report


@dataclass(frozen=True, eq=False)
class ExactPair:
    """`cnn`: the quantised CNN in integers, one step of `QuantReLU`. `snn`: spikes with the same counts and logits."""

    cnn: Network
    snn: Network

    @property
    def report(self) -> Report:
        """What became of every layer, what was snapped to which grid and by how much, and how the spikes come about."""
        return self.snn.report

    @property
    def latency_steps(self) -> int:
        """Steps until the answer is sure to stand: depth times levels (layerwise), or the bound of quiescence (synchronous)."""
        snn = self.snn
        return firing_depth(snn) * snn.steps if snn.schedule == "layerwise" else snn.steps - 1


def exact(
    model: Any,
    samples: torch.Tensor | np.ndarray,
    recipe: Exact | None = None,
    *,
    input_range: tuple[float, float] | None = None,
) -> ExactPair:
    """The integer CNN of a quantised model and the spiking network with the same integers as logits, for every input.

    `model`: what `compress.quantize(model, bits, data, activation_bits=k)` gives, with activations of 2**k - 1 levels. First
    thresholds, biases and scales are snapped to the grids of the accumulators (the report says by how much; integer weights
    stay), then neurons with those thresholds take the place of the activations; see `Exact` and `conversion.integers.twins`.
    `input_range`: as of `convert`.
    Raises Unconvertible where activations or weights are real numbers, and what `convert` raises.
    """
    recipe = recipe or Exact()
    cnn = convert(model, samples, Quantized(recipe.input_levels, integer=True), input_range=input_range)
    return ExactPair(cnn, spiking(cnn, recipe.schedule, recipe.window))
