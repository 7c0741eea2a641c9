"""Staircases for what is no ReLU: one for each side of zero, and one that begins elsewhere than at zero."""

from math import isfinite

import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.inputs import is_whole


class QuantizedHalves(nn.Module):
    """An activation that bends at zero, as two staircases q and p (`QuantizedReLU`), one for each side of zero.

        y = q(x) - s p(-s a x),    s = -1 where the slope a is negative, else 1

    Above zero y is q(x), below it a x in the levels of p: a LeakyReLU, PReLU or |x| (a = -1), and with a = 1 a clamp that ends
    where the ranges of q and p end. Input and result `(n, ...)`, with one slope, or one for each channel (dimension 1).
    q and p have `levels` levels each and ranges of their own, both learned; the slopes are learned if `learned`.
    Gradients are straight through, so dy/da = x below zero, inside the range of p.
    Raises InvalidInput for fewer than one level or channel.
    """

    tag = "QuantizedHalves"
    """What files call it."""

    def __init__(self, levels: int, channels: int = 1, learned: bool = False) -> None:
        super().__init__()
        if not is_whole(channels, 1):
            raise InvalidInput(
                f"expected one slope, or one for each channel, got channels={channels!r}; try channels=1"
            )
        self.above, self.below = QuantizedReLU(levels, 1.0), QuantizedReLU(levels, 1.0)
        self.slopes = nn.Parameter(torch.ones(int(channels)), requires_grad=bool(learned))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Quantised activations of the shape of `x`."""
        slopes = self.slopes.reshape(-1, *[1] * (x.ndim - 2)) if len(self.slopes) > 1 else self.slopes
        signs = torch.where(slopes.detach() < 0, -1.0, 1.0).to(x.dtype)
        joined: torch.Tensor = self.above(x) - signs * self.below(-signs * slopes * x)
        return joined

    @property
    def levels(self) -> int:
        """Of each of the two staircases."""
        return self.above.levels

    @property
    def channels(self) -> int:
        """How many slopes there are."""
        return len(self.slopes)

    @property
    def learned(self) -> bool:
        """Whether training changes the slopes."""
        return self.slopes.requires_grad

    def extra_repr(self) -> str:
        return f"levels={self.levels}, channels={self.channels}, learned={self.learned}"


class QuantizedFrom(nn.Module):
    """A staircase q (`QuantizedReLU`) that begins at `origin` instead of zero, upwards, or downwards if `downwards`.

        y = origin + q(x - origin),    y = origin - q(origin - x)

    max(x, origin), min(x, origin) and clamps on one side of zero; and values of both signs, from their lowest one, as
    they are compared by max pooling. Any input shape. `origin` is no parameter: training leaves it.
    Raises InvalidInput for fewer than one level or an origin that is not finite.
    """

    tag = "QuantizedFrom"
    """What files call it."""
    origin: torch.Tensor

    def __init__(self, levels: int, origin: float = 0.0, downwards: bool = False) -> None:
        super().__init__()
        if not isfinite(origin):
            raise InvalidInput(f"expected a finite origin, got {origin}; try origin=0.0")
        self.steps, self.downwards = QuantizedReLU(levels, 1.0), bool(downwards)
        self.register_buffer("origin", torch.tensor(float(origin)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Quantised activations of the shape of `x`."""
        if self.downwards:
            down: torch.Tensor = self.origin - self.steps(self.origin - x)
            return down
        up: torch.Tensor = self.origin + self.steps(x - self.origin)
        return up

    @property
    def levels(self) -> int:
        """Of its staircase."""
        return self.steps.levels

    def extra_repr(self) -> str:
        return f"levels={self.levels}, origin={float(self.origin):.4g}, downwards={self.downwards}"


STAIRCASES = (QuantizedReLU, QuantizedHalves, QuantizedFrom)
"""Activations that have levels."""
