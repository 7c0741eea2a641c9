"""What every attack promises: points inside the ball and the box, and success checked once more on them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, final

import torch
from torch import Tensor

from spikewright import SpikewrightError
from spikewright.robustness.attacks.climb import AttackTask
from spikewright.robustness.attacks.geometry import Ball, Norm
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
    """An untargeted attack within ||x' - x|| <= epsilon. Leaves are frozen dataclasses and write `_search` alone."""

    norm: Norm

    @property
    def name(self) -> str:
        """How the attack is called in tables: its type and what differs from the defaults."""
        return name_of(self)

    def refusal(self, predictor: Predictor) -> str | None:
        """Why the attack cannot be used on `predictor`; None when it can."""
        return None

    @abstractmethod
    def _search(self, task: AttackTask) -> Tensor:
        """The best point for each example of a task, `(batch, ...)`."""

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
            ball = Ball(images[part], float(epsilon), self.norm, predictor.bounds)
            warm = None if start is None else start[part]
            task = AttackTask(predictor, predictor, ball, labels[part], ImageDraws.of(images[part], seed), warm)
            parts.append(self._attack(task))
        return AttackResult(torch.cat([p.adversarials for p in parts]), torch.cat([p.success for p in parts]))

    def _attack(self, task: AttackTask) -> AttackResult:
        clean = task.ball.center
        right = task.judge.predict(clean) == task.labels
        if task.ball.epsilon == 0 or not right.any():
            return AttackResult(clean, ~right)
        found = torch.where(right.reshape(-1, *[1] * (clean.ndim - 1)), task.ball.project(self._search(task)), clean)
        if not task.ball.contains(found).all():
            raise SpikewrightError(
                f"expected points within epsilon from {self.name}, got one outside; this is an error of the attack"
            )
        return AttackResult(found, task.judge.predict(found) != task.labels)
