"""A black box that needs no gradient: random squares that are kept when they help."""

from dataclasses import dataclass
from typing import Annotated, final

import torch
from torch import Tensor

from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.attacks.geometry import Norm
from spikewright.robustness.attacks.losses import margins
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.tables import Within, check_fields

HALVINGS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
"""Shares of the queries after which the squares have half the area, as in the paper."""
PLACES = 4
"""Places of draws for one query: where, how high, which sign."""


@final
@dataclass(frozen=True)
class Square(Attack):
    """Square attack, L-inf (Andriushchenko et al. 2020): asks the model for logits only.

    It begins with stripes of +-epsilon. Each query sets a square of the image to the image +-epsilon, one sign for each
    channel, and keeps it when the margin rises. Vectors have intervals for squares.

    queries: how often the model is asked for each image.
    share: of the image that the first square takes, later ones are smaller.
    """

    queries: Annotated[int, Within(1, 1_000_000)] = 1000
    share: Annotated[float, Within(high=1, above=0)] = 0.8

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def norm(self) -> Norm:  # type: ignore[override]
        """L-inf; there is no other."""
        return "linf"

    def search(self, task: AttackTask) -> Tensor:
        """The best point of all queries."""
        x = task.begin
        x, heights = _higher(task, x, _heights(task, x), _with_stripes(task, x))
        for query in range(1, self.queries):
            rows = (heights <= 0).nonzero()[:, 0]
            if not len(rows):
                break
            few = task.rows(rows)
            tried = _with_square(few, x[rows], query, self._area(query))
            x[rows], heights[rows] = _higher(few, x[rows], heights[rows], tried)
        return x

    def _area(self, query: int) -> float:
        """The share of the image that a square takes at a query."""
        return float(self.share * 0.5 ** sum(query > part * self.queries for part in HALVINGS))


def _with_stripes(task: AttackTask, x: Tensor) -> Tensor:
    """Every column of every channel at the image +epsilon or -epsilon."""
    channels, height, width = _planes(x.shape[1:])
    signs = task.draws.uniform(0, (channels, 1, width)).expand(-1, channels, height, width)
    return _signed(task, x, signs, torch.ones((), dtype=torch.bool))


def _with_square(task: AttackTask, x: Tensor, query: int, area: float) -> Tensor:
    """The points `x` with one square each at the image +-epsilon."""
    channels, height, width = _planes(x.shape[1:])
    high, wide = _sides((channels, height, width), area)
    place = task.draws.uniform(query * PLACES, (2,))
    inside = _inside(place[:, 0], high, height)[:, None, :, None] & _inside(place[:, 1], wide, width)[:, None, None]
    signs = task.draws.uniform(query * PLACES + 1, (channels, 1, 1)).expand(-1, channels, height, width)
    return _signed(task, x, signs, inside)


def _signed(task: AttackTask, x: Tensor, draws: Tensor, inside: Tensor) -> Tensor:
    """`x`, and where `inside` the image +epsilon or -epsilon, by the `draws` (images, C, H, W)."""
    moved = task.ball.center + task.ball.epsilon * torch.where(draws < 0.5, -1.0, 1.0).reshape(x.shape)
    return task.ball.project(torch.where(inside.expand(draws.shape).reshape(x.shape), moved, x))


def _higher(task: AttackTask, x: Tensor, before: Tensor, tried: Tensor) -> tuple[Tensor, Tensor]:
    """The points with the larger margin, and the margins; `before` are those of `x`."""
    after = _heights(task, tried)
    risen = (after > before).reshape(-1, *[1] * (x.ndim - 1))
    return torch.where(risen, tried, x), torch.maximum(after, before)


def _heights(task: AttackTask, x: Tensor) -> Tensor:
    """The margins of the model under attack at `x`, float64 `(batch,)`."""
    with torch.no_grad():
        return margins(task.judge.logits(x).double(), task.labels)


def _inside(place: Tensor, side: int, size: int) -> Tensor:
    """Which of `size` places lie in an interval of `side` that begins at the share `place` of the free room."""
    first = (place * (size - side + 1)).floor().clamp(max=size - side)[:, None]
    index = torch.arange(size)
    return (index >= first) & (index < first + side)


def _planes(shape: torch.Size) -> tuple[int, int, int]:
    """Channels, rows and columns of images, lines or vectors."""
    if len(shape) >= 3:
        return int(shape[0]), int(shape[1]), int(shape[2:].numel())
    return (int(shape[0]), 1, int(shape[1])) if len(shape) == 2 else (1, 1, int(shape[0]))


def _sides(shape: tuple[int, int, int], area: float) -> tuple[int, int]:
    if shape[1] == 1:
        return 1, max(1, round(area * shape[2]))
    side = max(1, round((area * shape[1] * shape[2]) ** 0.5))
    return min(side, shape[1]), min(side, shape[2])
