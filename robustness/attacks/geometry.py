"""The set that an attack may search: a ball of some norm around each image, cut by the box of valid images."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from spikewright.robustness.draws import ImageDraws

Norm = Literal["linf", "l2"]
TINY = 1e-12


@dataclass(frozen=True, eq=False)
class Ball:
    """{x : ||x - center|| <= epsilon} within `bounds`; `center (batch, ...)`."""

    center: Tensor
    epsilon: float
    norm: Norm
    bounds: tuple[float, float]

    def project(self, x: Tensor) -> Tensor:
        """The nearest point of the ball, then of the box: still in the ball, as the center is in the box."""
        offset = x - self.center
        if self.norm == "linf":
            offset = offset.clamp(-self.epsilon, self.epsilon)
        else:
            offset = offset * (self.epsilon / _lengths(offset).clamp(min=TINY)).clamp(max=1.0)
        return (self.center + offset).clamp(*self.bounds)

    def step(self, gradient: Tensor, size: float) -> Tensor:
        """The steepest step of length `size`: size sign(g), or size g / ||g||_2."""
        if self.norm == "linf":
            return size * gradient.sign()
        return size * gradient / _lengths(gradient).clamp(min=TINY)

    def random_points(self, draws: ImageDraws, place: int) -> Tensor:
        """Points drawn uniformly from the ball, put into the box; `draws` of the images, at a place of the search."""
        shape = self.center.shape[1:]
        if self.norm == "linf":
            offset = draws.uniform(place, shape) * 2 - 1
        else:
            random = draws.normal(place, shape)
            share = draws.uniform(place + 1, (1,)).reshape(-1, *[1] * len(shape))
            offset = random / _lengths(random).clamp(min=TINY) * share ** (1 / max(1, random[0].numel()))
        return self.project(self.center + self.epsilon * offset)

    def contains(self, x: Tensor) -> Tensor:
        """Whether each point lies inside, up to the rounding of float32, `(batch,)`."""
        low, high = self.bounds
        inside = ((x >= low) & (x <= high)).flatten(1).all(dim=1)
        return inside & (distance(x, self.center, self.norm) <= self.epsilon * (1 + 1e-5) + 1e-6)

    def rows(self, chosen: Tensor) -> "Ball":
        """The same ball around the chosen examples."""
        return Ball(self.center[chosen], self.epsilon, self.norm, self.bounds)


def distance(x: Tensor, center: Tensor, norm: Norm) -> Tensor:
    """||x - center|| of each example, float64 `(batch,)`."""
    offset = (x.double() - center.double()).flatten(1)
    order = float("inf") if norm == "linf" else 2.0
    length: Tensor = torch.linalg.vector_norm(offset, ord=order, dim=1)
    return length


def _lengths(x: Tensor) -> Tensor:
    """Euclidean lengths that broadcast against `x`; scaled first, so that tiny gradients do not underflow."""
    flat = x.flatten(1)
    top = flat.abs().amax(dim=1, keepdim=True).clamp(min=torch.finfo(x.dtype).tiny)
    lengths: Tensor = torch.linalg.vector_norm(flat / top, dim=1, keepdim=True) * top
    return lengths.reshape(-1, *[1] * (x.ndim - 1))
