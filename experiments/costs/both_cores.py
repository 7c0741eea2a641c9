"""From a model to the two networks that cores are built from: the spiking one, and the CNN at equal information."""

from typing import Any

from spikewright import SpikewrightError
from spikewright.conversion import Rate, Recipe, baseline, convert
from spikewright.hardware.costs.comparing import Cores
from spikewright.hardware.costs.core_cost import FORMAL, SPIKE
from spikewright.snn import Network

USUAL = Rate(steps=7, per_channel=False)
"""One threshold for each layer: integers and shared weights stay what they are, and the CNN has one range for each layer, too."""


def networks_of_both(model: Any, samples: Any, recipe: Recipe = USUAL, *, weight_bits: int = 8) -> Cores:
    """The spiking network of `model`, an nn.Module or a Compressed, and the CNN with as many levels for each activation.

    Both are in fixed point with the same weights, of at most `weight_bits`; integers of a quantised model stay as they are.
    `samples`: training images that show the ranges. An error in the place of a network says why there is none.
    """
    try:
        spiking = convert(model, samples, recipe)
        if spiking.numbers != "fixed":
            spiking = spiking.to_fixed(weight_bits=weight_bits)
    except SpikewrightError as error:
        return {SPIKE: error, FORMAL: error}
    return {SPIKE: spiking, FORMAL: _formal(model, spiking, samples)}


def _formal(model: Any, spiking: Network, samples: Any) -> Network | SpikewrightError:
    try:
        return baseline(model, spiking, samples, (samples[:1], None)).network
    except SpikewrightError as error:
        return error
