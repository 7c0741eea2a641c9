"""What is climbed: directions that a confident model does not silence."""

import torch
from torch import nn

from spikewright.robustness.attacks.losses import cross_entropy, input_gradient, margin, margins
from tests.robustness.linear_models import linear_predictor, middle_images


def test_saturated_models_keep_their_gradient() -> None:
    """Logits a thousand times larger: float32 cross entropy has no gradient left, the direction is the same."""
    predictor, images = linear_predictor(4), middle_images(6, 9)
    loud = linear_predictor(4)
    with torch.no_grad():
        for parameter in loud.model.parameters():
            parameter.mul_(1e4)
    labels = predictor.predict(images)
    quiet_gradient, _ = input_gradient(predictor, images, labels, margin)
    loud_gradient, _ = input_gradient(loud, images, labels, margin)
    assert torch.equal(quiet_gradient.sign(), loud_gradient.sign())
    assert (input_gradient(loud, images, labels, cross_entropy)[0].abs().amax(dim=1) > 0).all()


def test_cross_entropy_direction_is_its_gradient_up_to_a_factor() -> None:
    logits = torch.randn(5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    labels = torch.tensor([0, 1, 2, 3, 0])
    (gradient,) = torch.autograd.grad(nn.functional.cross_entropy(logits, labels, reduction="sum"), logits)
    wrong = 1 - logits.detach().softmax(dim=1).gather(1, labels[:, None])
    torch.testing.assert_close(cross_entropy(logits.detach(), labels) * wrong, gradient)


def test_the_margin_is_the_lead_of_the_best_wrong_class() -> None:
    logits, labels = torch.tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 4.0]]), torch.tensor([0, 2])
    assert margins(logits, labels).tolist() == [-1.0, 1.0]
    assert margin(logits, labels).tolist() == [[-1.0, 0.0, 1.0], [0.0, 1.0, -1.0]]
