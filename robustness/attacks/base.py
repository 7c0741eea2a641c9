"""What every attack promises: points inside the ball and the box, and success checked once more on them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor

from spikewright import SpikewrightError
from spikewright.robustness.attacks.geometry import Ball, Norm
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.robustness.checks import check_images, check_labels, check_model, check_seed, check_strength, name_of
from spikewright.robustness.draws import ImageDraws
from spikewright.robustness.predictor import Predictor

CHUNK = 128
"""Images that are attacked at once."""


@dataclass(frozen=True, eq=False)
class AttackResult:
    """`adversarials (batch, ...)` in the ball and the box, and whether each is misclassified, `success (batch,)`.

    An example without success holds the attack's best try, one that was wrong from the start the clean image.
    """

    adversarials: Tensor
    success: Tensor


class Attack(ABC):
    """An untargeted attack within ||x' - x|| <= epsilon.

    An attack is a frozen dataclass below this class that has a `norm` and writes `search`; what it takes are its fields. All
    else is done here: what is given is checked, points are put into ball and box, success is what the model says of them.
    """

    norm: Norm
    steps: int = 0
    """Steps for each image; 0 for an attack that takes none."""

    @property
    def name(self) -> str:
        """How the attack is called in tables: its type and what differs from the defaults."""
        return name_of(self)

    def refusal(self, predictor: Predictor) -> str | None:
        """Why the attack cannot be used on `predictor`; None when it can."""
        return None

    @abstractmethod
    def search(self, task: AttackTask) -> Tensor:
        """The best point for each example of the task, `(batch, ...)`; those outside ball and box are projected."""

    @final
    def __call__(
        self,
        predictor: Predictor,
        images: Any,
        labels: Any,
        epsilon: float,
        seed: int = 0,
        *,
        start: Tensor | None = None,
    ) -> AttackResult:
        """Attack `images (batch, C, H, W)` in the predictor's bounds with integer `labels (batch,)`.

        `start`: the adversarials of a smaller epsilon, to go on from. The same seed gives the same adversarials, whichever
        other images are attacked with one. Raises InvalidInput for images outside the bounds, NaN, labels out of range, an
        epsilon that is not >= 0, and a model that draws at each call, gives probabilities or has no gradient where one is
        needed.
        """
        images = check_images(images, predictor)
        labels = check_labels(labels, images, predictor)
        check_strength(epsilon, "epsilon")
        check_seed(seed)
        check_model(predictor, images)
        parts = []
        for first in range(0, len(images), CHUNK):
            part = slice(first, first + CHUNK)
            task = AttackTask(
                source=predictor,
                judge=predictor,
                ball=Ball(images[part], float(epsilon), self.norm, predictor.bounds),
                labels=labels[part],
                draws=ImageDraws.of(images[part], seed),
                warm=None if start is None else start[part],
            )
            parts.append(self._attack(task))
        return AttackResult(torch.cat([p.adversarials for p in parts]), torch.cat([p.success for p in parts]))

    def _attack(self, task: AttackTask) -> AttackResult:
        clean = task.ball.center
        right = task.standing(clean)
        if task.ball.epsilon == 0 or not right.any():
            return AttackResult(clean, ~right)
        found = torch.where(right.reshape(-1, *[1] * (clean.ndim - 1)), task.ball.project(self.search(task)), clean)
        if not task.ball.contains(found).all():
            raise SpikewrightError(
                f"expected points within epsilon from {self.name}, got one outside; this is an error of the attack"
            )
        return AttackResult(found, ~task.standing(found))
