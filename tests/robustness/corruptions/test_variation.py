"""Chips whose thresholds and weights vary."""

from spikewright.robustness import ThresholdVariationFault, WeightVariationFault
from spikewright.snn.disturb.faults import ThresholdVariation, WeightVariation
from tests.snn.every_record import NETWORKS


def test_variation_is_the_engines_record() -> None:
    assert ThresholdVariationFault().record(0.2, 3) == ThresholdVariation(0.2, 3)
    assert WeightVariationFault().record(0.2, 3) == WeightVariation(0.2, 3)


def test_only_thresholds_can_be_missing() -> None:
    integers = NETWORKS["QuantReLU"]
    assert ThresholdVariationFault().missing(integers) == "none of its neurons has a threshold"
    assert WeightVariationFault().missing(integers) is None
