"""Projected gradient descent."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Literal, final

from torch import Tensor

from spikewright.robustness.attacks.ascents import Ascent, Start, StepLengths, climb, random_point, smaller_budget
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.attacks.geometry import Norm
from spikewright.robustness.attacks.losses import Loss, cross_entropy, margin
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.tables import Within, check_fields

LOSSES: dict[str, tuple[Loss, ...]] = {"ce": (cross_entropy,), "margin": (margin,), "both": (cross_entropy, margin)}
SMALLEST = 1 / 50
"""The last step of falling steps, as a multiple of epsilon."""


@final
@dataclass(frozen=True)
class PGD(Attack):
    """Projected gradient descent (Madry et al. 2018): x <- project(x + size step(grad loss)), from a random start.

    One pass for each gradient that the predictor offers, each loss and each start, on the examples that still stand; every
    iterate counts. A gradient that vanishes altogether is replaced by a random direction.

    steps: how often an image is moved in a pass.
    restarts: random starts, each with passes of its own.
    norm: how the distance from the image is measured, in the largest change of a pixel or in Euclidean length.
    step_size: length of every step as a multiple of epsilon; none: from 1 down to 1/50, far first and fine at the end.
    loss: what is climbed, the cross entropy, the lead of the best wrong class over the label, or both in turn.
    """

    steps: Annotated[int, Within(1, 1_000_000)] = 40
    restarts: Annotated[int, Within(1, 1_000_000)] = 1
    norm: Norm = "linf"
    step_size: Annotated[float, Within(above=0)] | None = None
    loss: Literal["ce", "margin", "both"] = "both"

    def __post_init__(self) -> None:
        check_fields(self)

    def search(self, task: AttackTask) -> Tensor:
        """All passes in turn."""
        return climb(task, self._ascents(task))

    def _ascents(self, task: AttackTask) -> Iterator[Ascent]:
        starts: list[Start] = [random_point] * self.restarts
        if task.warm is not None:
            starts.insert(0, smaller_budget)
        for start, variant, loss in product(starts, task.source.variants(), LOSSES[self.loss]):
            yield Ascent(gradients=variant, loss=loss, start=start, lengths=self._lengths)

    @property
    def _lengths(self) -> StepLengths:
        if self.step_size is None:
            return StepLengths(self.steps, first=1.0, last=SMALLEST)
        return StepLengths(self.steps, first=self.step_size, last=self.step_size)
