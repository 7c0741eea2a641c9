"""Adversarials from another model."""

from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.robustness import (
    FGSM,
    PGD,
    AnnPredictor,
    SnnPredictor,
    Transfer,
    evaluate,
)
from tests.robustness.linear_models import linear_predictor

SAMPLES = 40


def test_transfer_uses_the_other_models_gradient(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> None:
    images, labels = digits.images[:SAMPLES], digits.labels[:SAMPLES]
    attack = Transfer(PGD(10), ann)
    assert attack.name == "PGD(steps=10) from ANN"
    result = attack(snn, images, labels, 0.3)
    assert result.success.double().mean() > 0.8
    assert attack.refusal(ann) and attack.refusal(snn) is None


def test_two_sources_of_one_name_are_refused(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> None:
    twice = [Transfer(PGD(2), AnnPredictor(digits.model)), Transfer(PGD(2), AnnPredictor(digits.model))]
    with pytest.raises(InvalidInput, match="sources with names of their own"):
        evaluate([snn], (digits.images[:4], digits.labels[:4]), twice, [0.1])
    with pytest.raises(InvalidInput, match="at least one chip"):
        evaluate([snn], (digits.images[:4], digits.labels[:4]), [FGSM()], [0.1], chips=0)


def test_no_transfer_of_a_transfer() -> None:
    inner = Transfer(FGSM(), linear_predictor())
    with pytest.raises(InvalidInput, match="got another Transfer"):
        Transfer(inner, linear_predictor())
