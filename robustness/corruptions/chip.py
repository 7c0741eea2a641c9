"""Faults of the chip that a spiking network runs on, by name: each is one noise or fault record of `snn`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from torch import Tensor

from spikewright import InvalidInput
from spikewright.robustness.corruptions.base import Corruption, not_a_probability
from spikewright.robustness.corruptions.spikes import sends_spikes, simulated
from spikewright.robustness.predictor import Predictor, SnnPredictor
from spikewright.snn.codes import TtfsCode
from spikewright.snn.disturb.faults import ThresholdVariation, WeightVariation
from spikewright.snn.disturb.noise import MembraneNoise, PotentialBitFlips, SpikeInsertion, StuckAt
from spikewright.snn.disturb.preparation import Disturbance
from spikewright.snn.network import Network
from spikewright.snn.neurons import FIRING, Ramp


@dataclass(frozen=True)
class _Kind:
    """How a fault is made from its strength and a seed, what it needs, and whether it is the same for all images."""

    record: Callable[[float, int], Disturbance]
    needs: Callable[[Network], str | None]
    probability: bool = True
    static: bool = False


@final
@dataclass(frozen=True)
class ChipFault(Corruption):
    """One fault of the chip, of the size `strength`, by its `kind`:

    "spike-insertion": probability of a spike out of nothing (`snn.SpikeInsertion`); "stuck-at-0", "stuck-at-1": share
    of dead neurons, or of those that always fire (`StuckAt`); "membrane-noise": deviation of the potential in thresholds,
    each step (`MembraneNoise`); "potential-bit-flips": probability of a flipped bit in a potential and step
    (`PotentialBitFlips`); "threshold-variation", "weight-variation": relative deviation from neuron to neuron and from weight
    to weight (`snn.disturb.faults`). Raises InvalidInput for another kind.
    """

    kind: str

    def __post_init__(self) -> None:
        if self.kind not in CHIP_FAULTS:
            raise InvalidInput(f"expected a fault out of {', '.join(CHIP_FAULTS)}, got {self.kind!r}")

    @property
    def name(self) -> str:
        """How the fault is called in tables, such as "SpikeInsertionFault"."""
        return "".join(word.capitalize() for word in self.kind.split("-")) + "Fault"

    @property
    def of_chip(self) -> bool:
        """Whether the fault is the same for all images: stuck neurons and variation, not noise."""
        return CHIP_FAULTS[self.kind].static

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Only for spiking networks that have what is hit, and for strengths that the fault knows."""
        kind = CHIP_FAULTS[self.kind]
        if not isinstance(predictor, SnnPredictor):
            return "it is no spiking network"
        wrong = not_a_probability(strength) if kind.probability else _not_a_deviation(strength)
        return kind.needs(predictor.network) or wrong

    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        kind = CHIP_FAULTS[self.kind]
        return simulated(predictor, images, kind.record(strength, seed))


def _spikes(network: Network) -> str | None:
    return None if sends_spikes(network) else "it sends graded values, not spikes"


def _thresholds(network: Network) -> str | None:
    hit = any(isinstance(p.neuron, (*FIRING, Ramp)) for p in network.populations)
    return None if hit else "none of its neurons has a threshold or a window"


def _stepped_thresholds(network: Network) -> str | None:
    hit = any(isinstance(p.neuron, FIRING) for p in network.populations)
    return None if hit else "none of its neurons has a threshold"


def _potentials(network: Network) -> str | None:
    if network.numbers != "fixed" or isinstance(network.code, TtfsCode):
        return "its potentials are no integers that live for many steps; try network.to_fixed() of a network of steps"
    return _stepped_thresholds(network)


def _anything(network: Network) -> str | None:
    return None


CHIP_FAULTS: dict[str, _Kind] = {
    "spike-insertion": _Kind(SpikeInsertion, _spikes),
    "stuck-at-0": _Kind(lambda strength, seed: StuckAt(0, strength, seed), _spikes, static=True),
    "stuck-at-1": _Kind(lambda strength, seed: StuckAt(1, strength, seed), _spikes, static=True),
    "membrane-noise": _Kind(MembraneNoise, _thresholds, probability=False),
    "potential-bit-flips": _Kind(PotentialBitFlips, _potentials),
    "threshold-variation": _Kind(ThresholdVariation, _stepped_thresholds, probability=False, static=True),
    "weight-variation": _Kind(WeightVariation, _anything, probability=False, static=True),
}
"""All kinds; a new one is a line here."""


def _not_a_deviation(strength: float) -> str | None:
    return None if 0 <= strength <= 100 else f"its strength is a standard deviation up to 100, not {strength:g}"
