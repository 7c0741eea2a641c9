"""A CNN under test stays as it is, and answers in its own precision."""

from typing import Any

import torch
from torch import nn

from spikewright.robustness import FGSM, PGD, AnnPredictor, GaussianNoise
from tests.robustness.linear_models import middle_images
from tests.robustness.wrapped import LABELS, Wrapped, images, linear


def test_the_models_own_mode_and_gradients_are_left_alone() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(9, 3), nn.Dropout(0.5)).train()
    PGD(3)(AnnPredictor(model), middle_images(4, 9), torch.tensor([0, 1, 2, 0]), 0.1)
    assert model.training and model[1].weight.grad is None and model[1].weight.requires_grad


def test_standardisation_inside_the_model_keeps_the_bounds(digits: Any) -> None:
    class Standardised(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return digits.model((x - 0.5) / 0.25 * 0.25 + 0.5)

    inner = AnnPredictor(Standardised(), "inside")
    result = PGD(4)(inner, digits.images[:10], digits.labels[:10], 0.5)
    assert 0 <= result.adversarials.min() and result.adversarials.max() <= 1


def test_a_model_that_works_in_place_changes_nobodys_images() -> None:
    predictor, x = AnnPredictor(Wrapped(lambda x: x.sub_(0.1307).div_(0.3081))), images()
    kept, wanted = x.clone(), AnnPredictor(Wrapped(lambda x: (x - 0.1307) / 0.3081))
    assert torch.equal(predictor.predict(x), wanted.predict(x))
    assert torch.equal(FGSM()(predictor, x, LABELS, 0.1).adversarials, FGSM()(wanted, x, LABELS, 0.1).adversarials)
    GaussianNoise()(predictor, x, 0.1)
    assert torch.equal(x, kept)


def test_a_double_model_is_attacked_in_its_own_precision() -> None:
    x, single = images(), AnnPredictor(linear())
    double = AnnPredictor(linear().double())
    assert double.logits(x).dtype == torch.float64
    assert torch.equal(PGD(5)(double, x, LABELS, 0.2).success, PGD(5)(single, x, LABELS, 0.2).success)
