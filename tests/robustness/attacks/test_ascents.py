"""The climb that gradient attacks share: where it starts, how far it steps, and when it stops."""

import pytest
import torch
from torch import Tensor, nn

from spikewright.robustness import FGSM, PGD, AnnPredictor, Attack
from spikewright.robustness.attacks.ascents import Ascent, StepLengths, clean_image, climb, random_point, smaller_budget
from spikewright.robustness.attacks.geometry import Ball
from spikewright.robustness.attacks.losses import margin, margins
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.robustness.draws import ImageDraws
from tests.robustness.linear_models import linear_predictor, middle_images


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


def test_a_model_without_gradient_is_searched_at_random() -> None:
    """A sign in front: every gradient is zero, and yet PGD walks."""

    class Blind(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            hit = (x[:, :1] > 0.5).float() + 0 * x[:, :1]
            return torch.cat([3 - hit, 3 * hit], dim=1)

    images, labels = torch.full((20, 3), 0.4), torch.zeros(20, dtype=torch.int64)
    assert PGD(20)(AnnPredictor(Blind()), images, labels, 0.5).success.all()


def test_steps_fall_in_equal_ratios() -> None:
    lengths = StepLengths(5, first=1.0, last=1 / 16)
    assert [lengths.at(step) for step in range(5)] == pytest.approx([1, 1 / 2, 1 / 4, 1 / 8, 1 / 16])
    assert StepLengths(1, first=0.5, last=0.1).at(0) == 0.5


def task(epsilon: float = 0.1, warm: Tensor | None = None) -> AttackTask:
    predictor, images = linear_predictor(), middle_images(6, 9)
    return AttackTask(
        source=predictor,
        judge=predictor,
        ball=Ball(images, epsilon, "linf", (0.0, 1.0)),
        labels=predictor.predict(images),
        draws=ImageDraws.of(images, 0),
        warm=warm,
    )


def test_a_climb_starts_where_it_says() -> None:
    warm = middle_images(6, 9) + 0.05
    chosen = task(warm=warm)
    assert torch.equal(clean_image(chosen, 0), chosen.ball.center)
    assert torch.equal(smaller_budget(chosen, 0), warm) and torch.equal(smaller_budget(task(), 0), chosen.ball.center)
    points = random_point(chosen, 0)
    assert chosen.ball.contains(points).all() and not torch.equal(points, random_point(chosen, 7))


def test_the_second_climb_works_on_what_the_first_left() -> None:
    """One step of length zero changes nothing; the whole ball in the next one is what a single climb finds."""
    chosen = task(0.3)
    still, whole = (
        Ascent(gradients=chosen.source, loss=margin, start=clean_image, lengths=StepLengths(1, first, first))
        for first in (1e-9, 1.0)
    )
    both, alone = climb(chosen, [still, whole]), climb(chosen, [whole])
    assert torch.equal(chosen.standing(both), chosen.standing(alone))
    assert not chosen.standing(climb(chosen, [whole])).all()
