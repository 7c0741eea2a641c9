"""Steepest ascent inside a ball: the search that the gradient attacks share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from spikewright.robustness.attacks.geometry import Ball
from spikewright.robustness.attacks.losses import Loss, input_gradient, margins
from spikewright.robustness.draws import ImageDraws
from spikewright.robustness.predictor import Predictor, decisions

Start = Literal["center", "random", "warm"]
PLACES = 2**20
"""Places of draws in one pass: two for its start, then one for each step."""


@dataclass(frozen=True, eq=False)
class AttackTask:
    """Examples under attack: `source` gives gradients, `judge` decides, `warm` is where a smaller budget ended."""

    source: Predictor
    judge: Predictor
    ball: Ball
    labels: Tensor
    draws: ImageDraws
    warm: Tensor | None = None

    @property
    def white_box(self) -> bool:
        """Whether the model under attack gives the gradients itself."""
        return self.source is self.judge


@dataclass(frozen=True)
class Pass:
    """One ascent of `steps` steps, the first `largest`, the last `smallest` times epsilon long, geometric between."""

    variant: Predictor
    loss: Loss
    start: Start
    steps: int
    largest: float
    smallest: float

    def length(self, step: int) -> float:
        """The length of a step as a multiple of epsilon."""
        share = step / max(1, self.steps - 1)
        return float(self.largest * (self.smallest / self.largest) ** share)


def sweep(task: AttackTask, passes: Iterable[Pass]) -> Tensor:
    """The best point for each example, `(batch, ...)`: each pass works on those that still stand.

    The model under attack decides after every step in the white box, and once at the end of each pass in a transfer.
    """
    center = task.ball.center
    found = center if task.warm is None else task.ball.project(task.warm)
    standing = task.judge.predict(found) == task.labels
    found = found.clone()
    for number, one in enumerate(passes):
        if not standing.any():
            break
        rows = standing.nonzero()[:, 0]
        found[rows] = _ascend(task, one, rows, number * PLACES)
        standing[rows] = task.judge.predict(found[rows]) == task.labels[rows]
    return found


def _start(task: AttackTask, start: Start, rows: Tensor, place: int) -> Tensor:
    """Where the climb of `rows` begins."""
    ball = task.ball.rows(rows)
    if start == "random":
        return ball.random_points(task.draws.rows(rows), place)
    return ball.center if start == "center" or task.warm is None else ball.project(task.warm[rows])


def _ascend(task: AttackTask, one: Pass, rows: Tensor, place: int) -> Tensor:
    """The iterate with the largest margin for each of `rows`; in the white box an example stops when it has fallen."""
    labels, ball = task.labels[rows], task.ball.rows(rows)
    x = _start(task, one.start, rows, place).clone()
    best, height = x.clone(), torch.full((len(rows),), -float("inf"), dtype=torch.float64)
    alive = torch.arange(len(rows))
    for step in range(one.steps + 1):
        last = step == one.steps
        gradient, logits = _look(one, x[alive], labels[alive], last)
        gained = margins(logits, labels[alive])
        better = alive[gained > height[alive]]
        best[better] = x[better]
        height[better] = gained[gained > height[alive]]
        keep = _standing(task, one, logits, labels[alive])
        best[alive[~keep]] = x[alive[~keep]]
        alive, gradient = alive[keep], gradient[keep]
        if last or not len(alive):
            break
        inner = ball.rows(alive)
        move = inner.step(
            _with_fallback(task, gradient, rows[alive], place + 2 + step), one.length(step) * ball.epsilon
        )
        x[alive] = inner.project(x[alive] + move)
    return best


def _look(one: Pass, x: Tensor, labels: Tensor, last: bool) -> tuple[Tensor, Tensor]:
    """Gradient and logits; no gradient is needed at the last point."""
    if last:
        with torch.no_grad():
            return torch.zeros_like(x), one.variant.logits(x).double()
    return input_gradient(one.variant, x, labels, one.loss)


def _standing(task: AttackTask, one: Pass, logits: Tensor, labels: Tensor) -> Tensor:
    if task.white_box:
        return decisions(logits, one.variant.name) == labels
    return torch.ones(len(labels), dtype=torch.bool)


def _with_fallback(task: AttackTask, gradient: Tensor, rows: Tensor, place: int) -> Tensor:
    """Where the whole gradient is zero, a random direction: the example walks until it finds a slope."""
    dead = gradient.flatten(1).abs().amax(dim=1) == 0
    if dead.any():
        gradient = gradient.clone()
        gradient[dead] = task.draws.rows(rows[dead]).normal(place, tuple(gradient.shape[1:]))
    return gradient
