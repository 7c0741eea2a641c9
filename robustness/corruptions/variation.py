"""Chips that differ from what was designed: thresholds and weights vary from place to place."""

from dataclasses import dataclass
from typing import ClassVar, final

from spikewright.robustness.corruptions.base import DEVIATION, Harms, Strength
from spikewright.robustness.corruptions.networks import NetworkFault, no_thresholds
from spikewright.snn.disturb.faults import ThresholdVariation, WeightVariation
from spikewright.snn.disturb.preparation import Disturbance
from spikewright.snn.network import Network


class VariationFault(NetworkFault):
    """Relative deviation `strength` from place to place: the same chip for all images."""

    harms: ClassVar[Harms] = "chip"
    strength: ClassVar[Strength] = DEVIATION
    of_chip: ClassVar[bool] = True


@final
@dataclass(frozen=True)
class ThresholdVariationFault(VariationFault):
    """Each neuron's threshold deviates by the relative deviation `strength`."""

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.ThresholdVariation`."""
        return ThresholdVariation(strength, seed)

    def missing(self, network: Network) -> str | None:
        """Thresholds."""
        return no_thresholds(network)


@final
@dataclass(frozen=True)
class WeightVariationFault(VariationFault):
    """Each stored weight deviates by the relative deviation `strength`."""

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.WeightVariation`."""
        return WeightVariation(strength, seed)

    def missing(self, network: Network) -> str | None:
        """Nothing: every network has weights."""
        return None
