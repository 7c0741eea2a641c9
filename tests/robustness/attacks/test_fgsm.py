"""One step along the sign of the gradient."""

import pytest
import torch

from spikewright import InvalidInput
from spikewright.robustness import FGSM
from spikewright.robustness.attacks.geometry import distance
from tests.robustness.linear_models import linear_predictor, middle_images


def test_fgsm_moves_each_pixel_against_the_label() -> None:
    """x' = x - epsilon sign(w_y - w_other) where the box is far."""
    predictor, images = linear_predictor(), middle_images(5, 9)
    labels = predictor.predict(images)
    weights = predictor.model[1].weight.detach()  # type: ignore[index]
    expected = images - 0.05 * (weights[labels] - weights[1 - labels]).sign()
    found = FGSM()(predictor, images, labels, 0.05)
    torch.testing.assert_close(found.adversarials, expected)


def test_other_norms_are_refused() -> None:
    with pytest.raises(InvalidInput, match="norm to be 'linf' or 'l2', got 'l0'"):
        FGSM("l0")  # type: ignore[arg-type]


def test_the_step_in_l2_has_the_length_of_the_budget() -> None:
    predictor, images = linear_predictor(), middle_images(5, 9)
    found = FGSM("l2")(predictor, images, predictor.predict(images), 0.05)
    assert distance(found.adversarials, images, "l2") == pytest.approx(torch.full((5,), 0.05))
