"""Spikes that are lost, late, or come from nothing."""

from dataclasses import dataclass
from typing import ClassVar, final

from spikewright.robustness.corruptions.base import PROBABILITY, Harms, Strength
from spikewright.robustness.corruptions.networks import NetworkFault, no_spikes
from spikewright.robustness.predictor import Predictor
from spikewright.robustness.snn_predictor import SnnPredictor
from spikewright.snn.disturb.noise import SpikeDeletion, SpikeInsertion, SpikeJitter
from spikewright.snn.disturb.preparation import Disturbance
from spikewright.snn.network import Network
from spikewright.snn.traits import is_timed


class SpikeFault(NetworkFault):
    """What happens to spikes on their way."""

    harms: ClassVar[Harms] = "spikes"
    strength: ClassVar[Strength] = PROBABILITY

    def missing(self, network: Network) -> str | None:
        """Spikes."""
        return no_spikes(network)


@final
@dataclass(frozen=True)
class SpikeDeletionFault(SpikeFault):
    """Each spike is lost on its way with probability `strength`; the neuron that sent it is reset all the same."""

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.SpikeDeletion`."""
        return SpikeDeletion(strength, seed)


@final
@dataclass(frozen=True)
class SpikeInsertionFault(SpikeFault):
    """A spike comes out of nothing with probability `strength`, for each neuron and step."""

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.SpikeInsertion`."""
        return SpikeInsertion(strength, seed)


@final
@dataclass(frozen=True)
class SpikeJitterFault(SpikeFault):
    """Each spike comes up to `strength` steps (whole ones; in a time code: windows) too early or too late."""

    strength: ClassVar[Strength] = Strength("a number of steps, in a time code of windows", 1_000_000)

    def record(self, strength: float, seed: int) -> Disturbance:
        """`snn.SpikeJitter`."""
        return SpikeJitter(strength, seed)

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for networks that send spikes; whole steps where there are steps."""
        reason = self.lacks(predictor)
        if reason is None and isinstance(predictor, SnnPredictor):
            whole = is_timed(predictor.network) or float(strength).is_integer()
            reason = _fixed_in_time(predictor.network) if whole else f"its strength is whole steps, not {strength:g}"
        return reason or self.strength.refusal(strength)


def _fixed_in_time(network: Network) -> str | None:
    """Why spikes of a network of steps cannot be moved back in time; None when they can."""
    if any(q.delay for q in network.projections):
        return "its delays follow the time of spikes, which jitter would move backwards"
    return "its decision follows the time of spikes, which jitter would move backwards" if network.decision else None
