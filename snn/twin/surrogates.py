"""Surrogates: the gradient that stands in for that of a spike, whose own is zero almost everywhere.

With u = (U - threshold) / threshold, the distance of the potential from the threshold in thresholds, every slope g has
area one and the gradient of a spike is ds/dU = g(u) / threshold.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spikewright import InvalidInput


@dataclass(frozen=True)
class Triangle:
    """g(u) = max(0, width - |u|) / width**2, the piecewise linear slope (Bellec et al. 2018)."""

    width: float = 1.0

    def __post_init__(self) -> None:
        check_positive("width", self.width)

    def slope(self, u: Tensor) -> Tensor:
        """g(u), the shape of `u`."""
        return (self.width - u.abs()).clamp(min=0.0) / self.width**2


@dataclass(frozen=True)
class Exponential:
    """g(u) = sharpness / 2 * exp(-sharpness |u|) (Shrestha and Orchard 2018); never zero."""

    sharpness: float = 2.0

    def __post_init__(self) -> None:
        check_positive("sharpness", self.sharpness)

    def slope(self, u: Tensor) -> Tensor:
        """g(u), the shape of `u`."""
        return self.sharpness / 2 * torch.exp(-self.sharpness * u.abs())


@dataclass(frozen=True)
class Rectangle:
    """g(u) = 1 / width where |u| < width / 2 (Wu et al. 2018)."""

    width: float = 1.0

    def __post_init__(self) -> None:
        check_positive("width", self.width)

    def slope(self, u: Tensor) -> Tensor:
        """g(u), the shape of `u`."""
        return (u.abs() < self.width / 2).to(u.dtype) / self.width


@dataclass(frozen=True)
class Atan:
    """g(u) = alpha / 2 / (1 + (pi / 2 alpha u)**2) (Fang et al. 2021); never zero."""

    alpha: float = 2.0

    def __post_init__(self) -> None:
        check_positive("alpha", self.alpha)

    def slope(self, u: Tensor) -> Tensor:
        """g(u), the shape of `u`."""
        return self.alpha / 2 / (1 + (math.pi / 2 * self.alpha * u) ** 2)


@dataclass(frozen=True)
class RateBased:
    """No slope: the count of a neuron has the gradient of its whole input, d(count)/d(input) = 1 / threshold, if it
    fired at all.

    Backward through the rate (Ding et al. 2022, SNN-RAT): one backward pass without time, the right one for networks
    that were converted from a CNN. The input's share in the first layer is the sum over the steps.
    """


Slope = Triangle | Exponential | Rectangle | Atan
Surrogate = Slope | RateBased


def check_positive(what: str, value: float) -> None:
    """Raise InvalidInput unless `value` is finite and > 0."""
    if not (math.isfinite(value) and value > 0):
        raise InvalidInput(f"expected a {what} > 0, got {value}")


class Spike(torch.autograd.Function):
    """1 where `excess` >= 0 (> 0 when `strict`), else 0; backwards g(excess / threshold) / threshold."""

    @staticmethod
    def forward(ctx: Any, excess: Tensor, threshold: Tensor, surrogate: Slope, strict: bool) -> Tensor:
        ctx.save_for_backward(excess, threshold)
        ctx.surrogate = surrogate
        return (excess > 0 if strict else excess >= 0).to(excess.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        excess, threshold = ctx.saved_tensors
        return grads[0] * ctx.surrogate.slope(excess / threshold) / threshold, None, None, None


def spike(excess: Tensor, threshold: Tensor, surrogate: Slope, *, strict: bool = False) -> Tensor:
    """Spikes 0 or 1 where `excess` = U - threshold >= 0, the shape of `excess`, with the surrogate's gradient."""
    fired: Tensor = Spike.apply(excess, threshold, surrogate, strict)  # type: ignore[no-untyped-call]
    return fired


def straight_through(exact: Tensor, smooth: Tensor) -> Tensor:
    """The value of `exact` with the gradient of `smooth` (Bengio et al. 2013)."""
    return exact.detach() + (smooth - smooth.detach())
