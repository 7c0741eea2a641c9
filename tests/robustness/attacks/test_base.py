"""What every attack promises, whatever it searches: what is given is checked, and so is what comes back."""

from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

from spikewright import InvalidInput, SpikewrightError
from spikewright.robustness import PGD, Attack
from spikewright.robustness.attacks.tasks import AttackTask
from tests.robustness.linear_models import linear_predictor, middle_images


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


@dataclass(frozen=True)
class Astray(Attack):
    """An attack whose search gives `point` for every example."""

    point: float
    norm: Any = "linf"

    def search(self, task: AttackTask) -> Tensor:
        return torch.full_like(task.ball.center, self.point)


def test_points_outside_are_put_into_the_ball() -> None:
    predictor, images = linear_predictor(3), middle_images(4, 9)
    found = Astray(9.0)(predictor, images, predictor.predict(images), 0.1).adversarials
    torch.testing.assert_close(found, images + 0.1)


def test_a_search_that_gives_no_points_is_an_error_of_the_attack() -> None:
    predictor, images = linear_predictor(3), middle_images(4, 9)
    with pytest.raises(SpikewrightError, match="this is an error of the attack"):
        Astray(float("nan"))(predictor, images, predictor.predict(images), 0.1)
