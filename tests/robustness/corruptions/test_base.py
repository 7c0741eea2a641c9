"""What every corruption promises, whatever it harms."""

from typing import Any

import pytest
import torch

from spikewright import InvalidInput
from spikewright.robustness import (
    AnnPredictor,
    GaussianNoise,
    Predictor,
    SpikeDeletionFault,
    SpikeJitterFault,
    WeightBitFlipsFault,
)
from spikewright.robustness.corruptions.base import DEVIATION, PROBABILITY, Strength


def test_unknown_predictors_are_refused() -> None:
    class Other(Predictor):
        def logits(self, x: torch.Tensor) -> torch.Tensor:
            return x.flatten(1)[:, :2]

    other = Other("other")
    for corruption in (WeightBitFlipsFault(), SpikeDeletionFault(), SpikeJitterFault()):
        assert corruption.refusal(other, 0.1)


def test_a_strength_says_what_it_means() -> None:
    assert PROBABILITY.refusal(1.0) is None and PROBABILITY.refusal(1.5) == "its strength is a probability, not 1.5"
    assert DEVIATION.refusal(100) is None and "standard deviation" in str(DEVIATION.refusal(101))
    assert Strength("a number of bits").refusal(1e9) is None


def test_a_chip_has_a_number(ann: AnnPredictor, digits: Any) -> None:
    for chip in (-1, 1.0, True, 2**32):
        with pytest.raises(InvalidInput, match="number of a chip"):
            GaussianNoise()(ann, digits.images[:2], 0.1, chip=chip)  # type: ignore[arg-type]
    first, second = (GaussianNoise()(ann, digits.images, 1.0, 3, chip=chip) for chip in (0, 1))
    assert not torch.equal(first, second)
