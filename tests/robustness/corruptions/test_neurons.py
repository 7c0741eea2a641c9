"""Neurons that are stuck, noisy, or lose bits of their potentials."""

from typing import Any

from spikewright.robustness import CORRUPTIONS, MembraneNoiseFault, SnnPredictor, StuckAt0Fault, StuckAt1Fault
from spikewright.snn import Network
from spikewright.snn.disturb.noise import MembraneNoise, StuckAt


def test_potentials_flip_in_integers_only(rate_network: Network) -> None:
    assert "to_fixed" in str(CORRUPTIONS.make("potential-bit-flips", {}).refusal(SnnPredictor(rate_network), 0.1))


def test_stuck_neurons_are_the_engines_record() -> None:
    assert StuckAt0Fault().record(0.3, 5) == StuckAt(0, 0.3, 5)
    assert StuckAt1Fault().record(0.3, 5) == StuckAt(1, 0.3, 5)
    assert StuckAt1Fault().name == "StuckAt1Fault"


def test_all_neurons_stuck_at_zero_leave_one_answer(snn: SnnPredictor, digits: Any) -> None:
    assert len(StuckAt0Fault()(snn, digits.images[:30], 1.0).unique()) == 1


def test_membranes_are_noisy_in_thresholds() -> None:
    assert MembraneNoiseFault().record(0.5, 2) == MembraneNoise(0.5, 2)
    assert MembraneNoiseFault().strength.refusal(101.0) == "its strength is a standard deviation up to 100, not 101"
