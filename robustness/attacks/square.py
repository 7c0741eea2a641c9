"""A black box that needs no gradient: random squares that are kept when they help."""

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor

from spikewright import InvalidInput
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.attacks.climb import AttackTask
from spikewright.robustness.attacks.geometry import Norm
from spikewright.robustness.attacks.losses import margins

HALVINGS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
"""Shares of the queries after which the squares have half the area, as in the paper."""
PLACES = 4
"""Places of draws for one query: where, how high, which sign."""


@final
@dataclass(frozen=True)
class Square(Attack):
    """Square attack, L-inf (Andriushchenko et al. 2020): asks the model for logits only, `queries` times an image.

    It begins with stripes of +-epsilon. Each query sets a square of `share` of the image, later a smaller one, to the image
    +-epsilon, one sign for each channel, and keeps it when the margin rises. Vectors have intervals for squares.
    """

    queries: int = 1000
    share: float = 0.8

    def __post_init__(self) -> None:
        if isinstance(self.queries, bool) or not isinstance(self.queries, int) or self.queries < 1:
            raise InvalidInput(f"expected at least 1 of queries, got {self.queries!r}")
        if not 0 < self.share <= 1:
            raise InvalidInput(f"expected a share of the image in (0, 1], got {self.share}")

    @property
    def norm(self) -> Norm:  # type: ignore[override]
        """L-inf; there is no other."""
        return "linf"

    def _search(self, task: AttackTask) -> Tensor:
        shape = _planes(task.ball.center.shape[1:])
        found = task.ball.center if task.warm is None else task.ball.project(task.warm)
        stripes = task.draws.uniform(0, (shape[0], 1, shape[2])).expand(-1, *shape)
        found, height = _better(task, found, _signed(task, found, stripes, torch.ones(()), None), None)
        for query in range(1, self.queries):
            rows = (height <= 0).nonzero()[:, 0]
            if not len(rows):
                break
            tried = _square(task, found[rows], rows, query, self._area(query))
            found[rows], height[rows] = _better(task, found[rows], tried, (rows, height[rows]))
        return found

    def _area(self, query: int) -> float:
        """The share of the image that a square takes at a query."""
        return float(self.share * 0.5 ** sum(query > part * self.queries for part in HALVINGS))


def _square(task: AttackTask, x: Tensor, rows: Tensor, query: int, area: float) -> Tensor:
    """The points `x` of `rows` with one square each at +-epsilon from the image."""
    draws, shape = task.draws.rows(rows), _planes(x.shape[1:])
    high, wide = _sides(shape, area)
    place = draws.uniform(query * PLACES, (2,))
    inside = (
        _inside(place[:, 0], high, shape[1])[:, None, :, None] & _inside(place[:, 1], wide, shape[2])[:, None, None]
    )
    signs = draws.uniform(query * PLACES + 1, (shape[0], 1, 1)).expand(-1, *shape)
    return _signed(task, x, signs, inside, rows)


def _signed(task: AttackTask, x: Tensor, draws: Tensor, inside: Tensor, rows: Tensor | None) -> Tensor:
    """`x`, and where `inside` the image +-epsilon, by the `draws` (images, C, H, W)."""
    ball = task.ball if rows is None else task.ball.rows(rows)
    moved = ball.center + ball.epsilon * torch.where(draws < 0.5, -1.0, 1.0).reshape(x.shape)
    chosen = inside.bool().expand(draws.shape).reshape(x.shape)
    return ball.project(torch.where(chosen, moved, x))


def _better(task: AttackTask, x: Tensor, tried: Tensor, known: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
    """The points with the larger margin, and the margin."""
    rows, before = known if known is not None else (torch.arange(len(x)), _height(task, x, task.labels))
    after = _height(task, tried, task.labels[rows])
    risen = (after > before).reshape(-1, *[1] * (x.ndim - 1))
    return torch.where(risen, tried, x), torch.maximum(after, before)


def _height(task: AttackTask, x: Tensor, labels: Tensor) -> Tensor:
    with torch.no_grad():
        return margins(task.judge.logits(x).double(), labels)


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
