"""Before an engine starts: faults are in the network, noise is in the images, and the rest is left to the engine."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn import (
    IF,
    Identity,
    InputNoise,
    PotentialBitFlips,
    RateCode,
    SpikeDeletion,
    SpikeJitter,
    TerminateMax,
    ThresholdVariation,
)
from spikewright.snn.disturb.preparation import prepare
from tests.snn.small import single

SHAPES = ((3,), (3,))
IMAGES = np.full((2, 3), 0.5, np.float32)


def network(**options):
    return single(SHAPES, IF(1.0), Identity(), RateCode(4), **options)


def test_each_goes_where_it_acts() -> None:
    chosen = [ThresholdVariation(0.5, 1), SpikeDeletion(0.5), InputNoise(0.25, 2)]
    chip, images, left = prepare(network(), IMAGES, chosen)
    assert left == (chosen[1],) and np.ptp(chip.by_name["a"].neuron.threshold) > 0
    assert np.ptp(images) > 0 and images.min() >= 0 and images.max() <= 1
    plain, same, none = prepare(network(), IMAGES, None)
    assert same is IMAGES and none == () and plain.by_name["a"].neuron.threshold == 1.0


@pytest.mark.parametrize(
    ("one", "options", "words"),
    [
        ("noise", {}, "expected noise .* got str"),
        (SpikeDeletion(0.1, populations=("b",)), {}, "names of populations, got b"),
        (SpikeDeletion(0.1, populations="a"), {}, r"try \('a',\)"),
        (SpikeJitter(0.5), {}, "whole number of steps"),
        (SpikeJitter(1), {"decision": TerminateMax(1)}, "early decision or delays"),
        (PotentialBitFlips(0.1), {}, "fixed-point network of steps"),
    ],
)
def test_what_does_not_fit(one, options, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        prepare(network(**options), IMAGES, [one])
