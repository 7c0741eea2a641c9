"""Steepest ascent inside a ball: the search that the gradient attacks share.

    x <- project(x + length * epsilon * steepest(gradient of the loss at x))

An attack says which ascents to try, in order, and `climb` runs them on the examples that still stand:

    Ascent(gradients=variant, loss=margin, start=random_point, lengths=StepLengths(40, first=1.0, last=0.02))
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from spikewright.robustness.attacks.losses import Loss, input_gradient, margins
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.robustness.predictor import Predictor, decisions

PLACES = 2**20
"""Places of draws in one ascent: two for its start, then one for each step."""
FIRST_STEP = 2

Start = Callable[[AttackTask, int], Tensor]
"""Where an ascent begins, `(batch, ...)` for a task; the number is the place of its draws."""


def clean_image(task: AttackTask, place: int) -> Tensor:
    """Start at the image itself."""
    return task.ball.center


def random_point(task: AttackTask, place: int) -> Tensor:
    """Start at a point drawn uniformly from the ball."""
    return task.ball.random_points(task.draws, place)


def smaller_budget(task: AttackTask, place: int) -> Tensor:
    """Start where the attack with a smaller budget ended, at the image where there was none."""
    return task.begin


@dataclass(frozen=True)
class StepLengths:
    """`count` steps whose lengths are multiples of epsilon: the first, the last, and equal ratios between neighbours."""

    count: int
    first: float = 1.0
    last: float = 1.0

    def at(self, step: int) -> float:
        """The length of step number `step`, counted from 0."""
        share = step / max(1, self.count - 1)
        return float(self.first * (self.last / self.first) ** share)


@dataclass(frozen=True)
class Ascent:
    """One climb from one start: the model whose gradients are followed, what is climbed, from where, in which steps."""

    gradients: Predictor
    loss: Loss
    start: Start
    lengths: StepLengths


def climb(task: AttackTask, ascents: Iterable[Ascent]) -> Tensor:
    """The best point for each example, `(batch, ...)`: each ascent works on those that still stand after the one before.

    The model under attack decides after every step when it gives the gradients itself, and once at the end of each ascent
    in a transfer.
    """
    found = task.begin.clone()
    standing = task.standing(found)
    for number, ascent in enumerate(ascents):
        if not standing.any():
            break
        rows = standing.nonzero()[:, 0]
        few = task.rows(rows)
        found[rows] = _ascend(few, ascent, number * PLACES)
        standing[rows] = few.standing(found[rows])
    return found


class _Best:
    """The point with the largest margin so far for each example."""

    def __init__(self, points: Tensor) -> None:
        self.points = points.clone()
        self.heights = torch.full((len(points),), -float("inf"), dtype=torch.float64)

    def offer(self, rows: Tensor, points: Tensor, heights: Tensor) -> None:
        """Keep those of the `points` of `rows` that lie higher."""
        higher = heights > self.heights[rows]
        self.keep(rows[higher], points[higher])
        self.heights[rows[higher]] = heights[higher]

    def keep(self, rows: Tensor, points: Tensor) -> None:
        """Keep these points whatever their height: those that the model under attack gets wrong."""
        self.points[rows] = points


def _ascend(task: AttackTask, ascent: Ascent, place: int) -> Tensor:
    """The highest point on the way of each example; in the white box an example stops when it has fallen."""
    x = ascent.start(task, place).clone()
    best, alive = _Best(x), torch.arange(len(x))
    for step in range(ascent.lengths.count + 1):
        here, last = task.rows(alive), step == ascent.lengths.count
        gradient, logits = _look(ascent, x[alive], here.labels, last)
        best.offer(alive, x[alive], margins(logits, here.labels))
        stands = _stands(here, ascent, logits)
        best.keep(alive[~stands], x[alive[~stands]])
        alive, here = alive[stands], here.rows(stands.nonzero()[:, 0])
        if last or not len(alive):
            break
        uphill = _or_random(here, gradient[stands], place + FIRST_STEP + step)
        x[alive] = here.ball.project(x[alive] + here.ball.step(uphill, ascent.lengths.at(step) * here.ball.epsilon))
    return best.points


def _look(ascent: Ascent, x: Tensor, labels: Tensor, last: bool) -> tuple[Tensor, Tensor]:
    """Gradient and logits; no gradient is needed at the last point."""
    if last:
        with torch.no_grad():
            return torch.zeros_like(x), ascent.gradients.logits(x).double()
    return input_gradient(ascent.gradients, x, labels, ascent.loss)


def _stands(task: AttackTask, ascent: Ascent, logits: Tensor) -> Tensor:
    if task.white_box:
        return decisions(logits, ascent.gradients.name) == task.labels
    return torch.ones(len(logits), dtype=torch.bool)


def _or_random(task: AttackTask, gradient: Tensor, place: int) -> Tensor:
    """Where the whole gradient is zero, a random direction: the example walks until it finds a slope."""
    dead = gradient.flatten(1).abs().amax(dim=1) == 0
    if dead.any():
        gradient = gradient.clone()
        gradient[dead] = task.draws.rows(dead.nonzero()[:, 0]).normal(place, tuple(gradient.shape[1:]))
    return gradient
