"""Examples under attack, and the same task for some of them."""

import torch

from spikewright.robustness.attacks.geometry import Ball
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.robustness.draws import ImageDraws
from tests.robustness.linear_models import linear_predictor, middle_images


def test_rows_of_a_task_are_the_same_examples() -> None:
    predictor, other, images = linear_predictor(), linear_predictor(3), middle_images(5, 9)
    labels = predictor.predict(images)
    ball = Ball(images, 0.1, "linf", (0.0, 1.0))
    task = AttackTask(source=predictor, judge=predictor, ball=ball, labels=labels, draws=ImageDraws.of(images, 4))
    few = task.rows(torch.tensor([3, 1]))
    assert torch.equal(few.begin, images[[3, 1]]) and torch.equal(few.labels, labels[[3, 1]])
    assert torch.equal(few.draws.uniform(2, (4,)), task.draws.uniform(2, (4,))[[3, 1]])
    assert task.white_box and few.white_box and task.standing(images).all()
    black = AttackTask(source=other, judge=predictor, ball=ball, labels=labels, draws=task.draws, warm=images + 0.5)
    assert not black.white_box
    torch.testing.assert_close(black.begin, images + 0.1)
    torch.testing.assert_close(black.rows(torch.tensor([2])).begin, images[2:3] + 0.1)
