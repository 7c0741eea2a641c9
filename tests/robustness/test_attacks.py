"""The attacks: one contract for all of them on every predictor, and closed forms where they exist."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.robustness import FGSM, PGD, AnnPredictor, Attack, Predictor, SnnPredictor, Square, Transfer
from spikewright.robustness.attacks.geometry import Ball, distance
from spikewright.robustness.attacks.losses import cross_entropy, input_gradient, margin, margins
from spikewright.robustness.draws import ImageDraws
from spikewright.snn import Network, simulate

SAMPLES = 40
ATTACKS: list[Attack] = [
    FGSM(),
    FGSM("l2"),
    PGD(6),
    PGD(6, norm="l2"),
    PGD(4, 2, loss="margin"),
    PGD(4, loss="ce"),
    Square(40),
]


@pytest.fixture(params=["ann", "snn", "ttfs", "fixed"])
def predictor(request: Any, rate_network: Network) -> Predictor:
    if request.param == "fixed":
        return SnnPredictor(rate_network.to_fixed(), "fixed")
    return request.getfixturevalue(request.param)


@pytest.fixture(params=[*ATTACKS, "transfer"], ids=lambda one: getattr(one, "name", one))
def attack(request: Any, digits: Any) -> Attack:
    return Transfer(PGD(4), AnnPredictor(digits.model, "source")) if request.param == "transfer" else request.param


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_contract(attack: Attack, predictor: Predictor, digits: Any, epsilon: float) -> None:
    """Inside ball and box, success is what the deployed model says, the same seed gives the same bytes."""
    images, labels = digits.images[:12], digits.labels[:12]
    result = attack(predictor, images, labels, epsilon, 3)
    assert result.adversarials.min() >= 0 and result.adversarials.max() <= 1
    assert (distance(result.adversarials, images, attack.norm) <= epsilon + 1e-5).all()
    assert torch.equal(result.success, predictor.predict(result.adversarials) != labels)
    assert torch.equal(result.adversarials, attack(predictor, images, labels, epsilon, 3).adversarials)
    clean_wrong = predictor.predict(images) != labels
    assert result.success[clean_wrong].all()
    if epsilon == 0:
        assert torch.equal(result.adversarials, images) and torch.equal(result.success, clean_wrong)


@pytest.mark.parametrize("name", ["ann", "snn", "ttfs"])
def test_pgd_with_the_whole_box_leaves_nothing_standing(request: Any, digits: Any, name: str) -> None:
    predictor = request.getfixturevalue(name)
    assert PGD(40)(predictor, digits.images, digits.labels, 1.0).success.all()


def test_fixed_point_falls_as_well(rate_network: Network, digits: Any) -> None:
    assert PGD(40)(SnnPredictor(rate_network.to_fixed()), digits.images, digits.labels, 1.0).success.all()


@pytest.mark.parametrize("network", ["rate_network", "ttfs_network"])
def test_predictions_are_the_engines_on_every_image(request: Any, digits: Any, network: str) -> None:
    chosen = request.getfixturevalue(network)
    for one in (chosen, chosen.to_fixed()) if network == "rate_network" else (chosen,):
        expected = simulate(one, digits.images.numpy()).predictions
        np.testing.assert_array_equal(SnnPredictor(one).predict(digits.images).numpy(), expected)


def linear_predictor(classes: int = 2, pixels: int = 9) -> AnnPredictor:
    torch.manual_seed(1)
    return AnnPredictor(nn.Sequential(nn.Flatten(), nn.Linear(pixels, classes)))


def middle_images(count: int, *shape: int) -> Tensor:
    return 0.3 + 0.4 * torch.rand(count, *shape, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("attack", [FGSM(), PGD(12), FGSM("l2"), PGD(40, norm="l2")], ids=repr)
def test_linear_models_fall_exactly_when_the_closed_form_says(attack: Attack) -> None:
    """Two classes, z = W x + b: an example stands iff z_y - z_other > epsilon ||w_y - w_other|| in the dual norm."""
    predictor, images = linear_predictor(), middle_images(200, 9)
    labels = predictor.predict(images)
    weights = predictor.model[1].weight  # type: ignore[index]
    difference = weights[0] - weights[1]
    reach = difference.abs().sum() if attack.norm == "linf" else difference.norm()
    gap = -margins(predictor.logits(images).detach(), labels)
    epsilon = float(gap.median() / reach)
    success = attack(predictor, images, labels, epsilon).success
    clear = (gap - epsilon * reach).abs() > 1e-4 * float(reach)
    assert clear.sum() > 190
    assert torch.equal(success[clear], (gap < epsilon * reach)[clear])


def test_fgsm_moves_each_pixel_against_the_label() -> None:
    """x' = x - epsilon sign(w_y - w_other) where the box is far."""
    predictor, images = linear_predictor(), middle_images(5, 9)
    labels = predictor.predict(images)
    weights = predictor.model[1].weight.detach()  # type: ignore[index]
    expected = images - 0.05 * (weights[labels] - weights[1 - labels]).sign()
    found = FGSM()(predictor, images, labels, 0.05)
    torch.testing.assert_close(found.adversarials, expected)


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


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_random_points_and_projections_stay_inside(norm: Any) -> None:
    center = torch.rand(50, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    ball = Ball(center, 0.3, norm, (0.0, 1.0))
    assert ball.contains(ball.random_points(ImageDraws.of(center, 1), 0)).all()
    far = ball.project(center + 10 * torch.randn(center.shape, generator=torch.Generator().manual_seed(2)))
    assert ball.contains(far).all()
    torch.testing.assert_close(ball.project(far), far)
    assert torch.equal(ball.project(center), center)


def test_transfer_uses_the_other_models_gradient(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> None:
    images, labels = digits.images[:SAMPLES], digits.labels[:SAMPLES]
    attack = Transfer(PGD(10), ann)
    assert attack.name == "PGD(steps=10) from ANN"
    result = attack(snn, images, labels, 0.3)
    assert result.success.double().mean() > 0.8
    assert attack.refusal(ann) and attack.refusal(snn) is None


def test_a_model_without_gradient_is_searched_at_random() -> None:
    """A sign in front: every gradient is zero, and yet PGD walks."""

    class Blind(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            hit = (x[:, :1] > 0.5).float() + 0 * x[:, :1]
            return torch.cat([3 - hit, 3 * hit], dim=1)

    images, labels = torch.full((20, 3), 0.4), torch.zeros(20, dtype=torch.int64)
    assert PGD(20)(AnnPredictor(Blind()), images, labels, 0.5).success.all()


def test_the_models_own_mode_and_gradients_are_left_alone() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(9, 3), nn.Dropout(0.5)).train()
    PGD(3)(AnnPredictor(model), middle_images(4, 9), torch.tensor([0, 1, 2, 0]), 0.1)
    assert model.training and model[1].weight.grad is None and model[1].weight.requires_grad


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epsilon": -0.1}, "epsilon >= 0"),
        ({"epsilon": float("nan")}, "epsilon >= 0"),
        ({"images": torch.full((2, 9), float("nan"))}, "finite images"),
        ({"images": torch.full((2, 9), 1.5)}, r"images in \[0, 1\]"),
        ({"images": torch.zeros(0, 9)}, "at least one of images"),
        ({"labels": torch.tensor([0, 3])}, "labels from 0 to 2"),
        ({"labels": torch.tensor([0.0, 1.0])}, "integer labels"),
        ({"labels": torch.tensor([0])}, "integer labels of shape"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    given = {"images": middle_images(2, 9), "labels": torch.tensor([0, 1]), "epsilon": 0.1, "seed": 0} | change
    with pytest.raises(InvalidInput, match=message):
        PGD(2)(linear_predictor(3), given["images"], given["labels"], given["epsilon"], given["seed"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: PGD(0),
        lambda: PGD(restarts=0),
        lambda: PGD(norm="l1"),  # type: ignore[arg-type]
        lambda: PGD(step_size=0.0),
        lambda: PGD(loss="hinge"),  # type: ignore[arg-type]
        lambda: FGSM("l0"),  # type: ignore[arg-type]
        lambda: Transfer(Transfer(FGSM(), linear_predictor()), linear_predictor()),
        lambda: AnnPredictor("model"),  # type: ignore[arg-type]
        lambda: SnnPredictor(nn.Linear(1, 1)),  # type: ignore[arg-type]
    ],
)
def test_bad_settings(make: Any) -> None:
    with pytest.raises(InvalidInput):
        make()


def test_logits_that_are_not_finite_are_refused() -> None:
    predictor = linear_predictor()
    with torch.no_grad():
        predictor.model[1].weight.fill_(float("nan"))  # type: ignore[index]
    with pytest.raises(InvalidInput, match="finite logits"):
        predictor.predict(middle_images(2, 9))
