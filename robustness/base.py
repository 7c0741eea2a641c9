"""What every attack promises: points inside the ball and the box, and success checked once more on them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from robustness.checks import check_images, check_labels, check_seed, check_strength
from robustness.climb import Task
from robustness.geometry import Ball, Norm
from robustness.predictor import Predictor
from spikewright import SpikewrightError

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
        """How the attack is called in tables."""
        return type(self).__name__ if self.norm == "linf" else f"{type(self).__name__} (L2)"

    def refusal(self, predictor: Predictor) -> str | None:
        """Why the attack cannot be used on `predictor`; None when it can."""
        return None

    @abstractmethod
    def _search(self, task: Task) -> Tensor:
        """The best point for each example of a task, `(batch, ...)`."""

    @final
    def __call__(
        self,
        predictor: Predictor,
        images: Tensor,
        labels: Tensor,
        epsilon: float,
        seed: int = 0,
        *,
        start: Tensor | None = None,
    ) -> AttackResult:
        """Attack `images (batch, C, H, W)` in the predictor's bounds with integer `labels (batch,)`.

        `start`: the adversarials of a smaller epsilon, to go on from. The same seed gives the same adversarials.
        Raises InvalidInput for images outside the bounds, NaN, labels out of range, or an epsilon that is not >= 0.
        """
        images, labels = check_images(images, predictor), check_labels(labels, images, predictor)
        check_strength(epsilon, "epsilon")
        check_seed(seed)
        parts = []
        for first in range(0, len(images), CHUNK):
            part = slice(first, first + CHUNK)
            ball = Ball(images[part], float(epsilon), self.norm, predictor.bounds)
            generator = torch.Generator().manual_seed((seed + first * 0x9E3779B97F4A7C15) % 2**63)
            warm = None if start is None else start[part]
            parts.append(self._attack(Task(predictor, predictor, ball, labels[part], generator, warm)))
        return AttackResult(torch.cat([p.adversarials for p in parts]), torch.cat([p.success for p in parts]))

    def _attack(self, task: Task) -> AttackResult:
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
