"""Neurons of a chip that are stuck, noisy, or lose bits of their potentials."""

from dataclasses import dataclass
from typing import ClassVar, final

from spikewright.robustness.corruptions.base import DEVIATION, PROBABILITY, Harms, Strength
from spikewright.robustness.corruptions.networks import (
    NetworkFault,
    no_spikes,
    no_thresholds,
    no_thresholds_or_windows,
)
from spikewright.snn.disturb.noise import MembraneNoise, PotentialBitFlips, StuckAt
from spikewright.snn.disturb.preparation import Disturbance
from spikewright.snn.network import Network
from spikewright.snn.traits import is_timed


class StuckFault(NetworkFault):
    """Neurons that always send the same, `value`, whatever their potential: the same ones for all images."""

    harms: ClassVar[Harms] = "chip"
    strength: ClassVar[Strength] = PROBABILITY
    of_chip: ClassVar[bool] = True
    value: ClassVar[int]

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.StuckAt`."""
        return StuckAt(self.value, strength, seed)

    def missing(self, network: Network) -> str | None:
        """Spikes."""
        return no_spikes(network)


@final
@dataclass(frozen=True)
class StuckAt0Fault(StuckFault):
    """A share `strength` of the neurons never fires."""

    value: ClassVar[int] = 0


@final
@dataclass(frozen=True)
class StuckAt1Fault(StuckFault):
    """A share `strength` of the neurons fires in every step."""

    value: ClassVar[int] = 1


@final
@dataclass(frozen=True)
class MembraneNoiseFault(NetworkFault):
    """Normal noise on every potential in each step, its deviation `strength` thresholds."""

    harms: ClassVar[Harms] = "chip"
    strength: ClassVar[Strength] = DEVIATION

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.MembraneNoise`."""
        return MembraneNoise(strength, seed)

    def missing(self, network: Network) -> str | None:
        """Thresholds or windows."""
        return no_thresholds_or_windows(network)


@final
@dataclass(frozen=True)
class PotentialBitFlipsFault(NetworkFault):
    """A bit of each stored potential flips with probability `strength` before a step. Fixed point only."""

    harms: ClassVar[Harms] = "chip"
    strength: ClassVar[Strength] = PROBABILITY

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.PotentialBitFlips`."""
        return PotentialBitFlips(strength, seed)

    def missing(self, network: Network) -> str | None:
        """Integers that are kept from step to step, and thresholds."""
        if network.numbers != "fixed" or is_timed(network):
            return (
                "its potentials are no integers that live for many steps; try network.to_fixed() of a network of steps"
            )
        return no_thresholds(network)
