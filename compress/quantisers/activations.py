"""The activation law: a clipped ReLU of k bits, as a function, as a module that learns its range, and where the range begins."""

from typing import Any

import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.quantisers.integers import FRACTIONS, round_half_up
from spikewright.inputs import is_real, is_whole

_LEAST_RANGE = 1e-4
_PIECE = 1 << 17


def staircase(x: torch.Tensor, alpha: torch.Tensor | float, levels: int) -> torch.Tensor:
    """y = alpha/levels * clip(floor(x * levels/alpha + 1/2), 0, levels), of the shape and type of `x`; no gradient."""
    y = torch.empty_like(x)
    for values, result in zip(_pieces(x), _pieces(y), strict=True):
        torch.mul(values, levels, out=result).div_(alpha).add_(0.5).floor_().clamp_(0, levels).mul_(alpha / levels)
    return y


def _pieces(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Samples that fit into the cache together: the time of many small steps is that of memory."""
    return torch.split(x, max(1, _PIECE * len(x) // max(1, x.numel()))) if x.ndim else (x,)


class _StraightThrough(torch.autograd.Function):
    """The staircase with the gradient of its clip. By hand: automatic differentiation takes several times as long."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, alpha: torch.Tensor, levels: int) -> torch.Tensor:
        y = staircase(x, alpha, levels)
        ctx.save_for_backward(x, y, alpha)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        x, y, alpha = ctx.saved_tensors
        top = alpha.item()
        to_x, to_alpha = torch.empty_like(gradient), torch.zeros((), device=x.device)
        for values, result, slope, out in zip(*map(_pieces, (x, y, gradient, to_x)), strict=True):
            torch.ops.aten.hardtanh_backward.grad_input(slope, values, 0.0, top, grad_input=out)
            to_alpha += torch.ops.aten.threshold_backward(slope, values, top).sum(dtype=torch.float32)
            to_alpha += (result - values.clamp(0.0, top)).mul_(slope).sum(dtype=torch.float32) / top
        return to_x, to_alpha.reshape(alpha.shape).to(alpha.dtype), None


class QuantizedReLU(nn.Module):
    """ReLU with `levels` steps, the `staircase`: y = alpha/levels * clip(floor(x * levels/alpha + 1/2), 0, levels).

    `levels` is 2^k - 1 for k bits, `alpha` the clip range, a scalar that fine-tuning learns. The gradient is
    straight through: dy/dx = 1 on 0 < x < alpha, else 0; dy/dalpha = 1 above alpha, (y - x)/alpha inside, else 0.
    Any input shape. Raises InvalidInput for fewer than one level or an alpha that is not positive.
    (PACT, arXiv 1805.06085; LSQ, arXiv 1902.08153.)
    """

    tag = "QuantReLU"
    """What files call it."""

    def __init__(self, levels: int, alpha: float) -> None:
        super().__init__()
        if not is_whole(levels, 1):
            got = repr(levels) if is_real(levels) else type(levels).__name__
            raise InvalidInput(f"expected at least one quantisation level, got {got}; try levels=2**bits - 1")
        if not 0 < float(alpha) < float("inf"):
            raise InvalidInput(f"expected a positive finite clip range, got alpha={alpha}; try the largest activation")
        self.levels = int(levels)
        self.alpha = nn.Parameter(torch.tensor(float(alpha)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Quantised activations of the shape of `x`."""
        if not torch.is_grad_enabled():
            return staircase(x, self.alpha, self.levels)
        quantised: torch.Tensor = _StraightThrough.apply(x, self.alpha, self.levels)  # type: ignore[no-untyped-call]
        return quantised

    @property
    def clip(self) -> float:
        """The value of `alpha`, without its gradient."""
        return self.alpha.detach().item()

    def extra_repr(self) -> str:
        return f"levels={self.levels}, alpha={self.clip:.4g}"


def clip_range(values: torch.Tensor, levels: int) -> float:
    """The clip range alpha with the least squared error of the QuantizedReLU on `values` (any shape, pre-activations).

    Returns 1.0 when no value is positive: such a ReLU only ever gives zero.
    """
    positive = values.detach().double().flatten()
    positive = positive[positive > 0]
    if positive.numel() == 0:
        return 1.0
    ranges = positive.max() * FRACTIONS
    codes = (round_half_up(positive * levels / alpha).clamp(0, levels) * alpha / levels for alpha in ranges)
    errors = torch.stack([(value - positive).square().sum() for value in codes])
    return float(ranges[errors.argmin()])


def keep_ranges_positive(model: nn.Module) -> None:
    """After an optimiser step: no clip range may have crossed zero."""
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, QuantizedReLU):
                module.alpha.clamp_(min=_LEAST_RANGE)
