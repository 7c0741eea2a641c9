"""Symmetric integer weights, one scale for each output channel."""

import torch

from spikewright import InvalidInput
from spikewright.inputs import is_whole

FRACTIONS = torch.linspace(0.2, 1.0, 65, dtype=torch.float64)
"""Of the largest value: where a range of least squared error is looked for."""


def round_half_up(x: torch.Tensor) -> torch.Tensor:
    """floor(x + 1/2): halves always go up, as in hardware; never to the even neighbour."""
    return torch.floor(x + 0.5)


def largest_integer(bits: int) -> int:
    """2^(bits-1) - 1, the largest magnitude of a symmetric code. Raises InvalidInput unless 2 <= bits <= 8."""
    if not is_whole(bits, 2) or bits > 8:
        raise InvalidInput(f"expected weight bits from 2 to 8, got {bits!r}; try bits=4")
    return int(2 ** (int(bits) - 1)) - 1


def to_integers(weight: torch.Tensor, scale: torch.Tensor, bits: int) -> torch.Tensor:
    """q = clip(floor(w / scale + 1/2), -L, L), L = 2^(bits-1) - 1; weight `(out, ...)`, scale `(out,)`, q int8.

    A zero weight gives a zero code whatever the scale, so pruned weights stay pruned.
    """
    limit = largest_integer(bits)
    ratio = weight.detach().double() / _per_row(scale.double(), weight)
    return round_half_up(ratio).clamp(-limit, limit).to(torch.int8)


def to_values(integers: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """w = q * scale in float32; integers `(out, ...)`, scale `(out,)`."""
    return integers.to(torch.float32) * _per_row(scale, integers)


def weight_scales(weight: torch.Tensor, bits: int, method: str = "mse") -> torch.Tensor:
    """One positive scale `(out,)`, float32, for each output channel of `weight (out, ...)`.

    "max": max|w| / L, no weight is clipped. "mse": the clip range f * max|w|, f from 0.2 to 1, whose squared error is
    least (ties go to the widest). A channel of zeros gets scale 1. Raises InvalidInput for another method.
    """
    if method not in ("mse", "max"):
        raise InvalidInput(f"expected scale method 'mse' or 'max', got {method!r}")
    limit = largest_integer(bits)
    rows = weight.detach().double().reshape(weight.shape[0], -1)
    top = rows.abs().amax(dim=1)
    widest = torch.where(top > 0, top / limit, 1.0).clamp(min=torch.finfo(torch.float32).tiny)
    if method == "max":
        return widest.float()
    fractions = FRACTIONS.flip(0)
    errors = torch.stack([_row_error(rows, widest * fraction, bits) for fraction in fractions])
    best = widest * fractions[errors.argmin(dim=0)]
    return torch.where(top > 0, best, 1.0).clamp(min=torch.finfo(torch.float32).tiny).float()


def scales_of(rows: torch.Tensor, bits: int, method: str, *, shared: bool) -> torch.Tensor:
    """The scales `(out,)` of `weight_scales`; with `shared` one for all outputs."""
    found = weight_scales(rows.reshape(1, -1) if shared else rows, bits, method)
    return found.expand(rows.shape[0]).clone()


def _row_error(rows: torch.Tensor, scale: torch.Tensor, bits: int) -> torch.Tensor:
    return (to_integers(rows, scale, bits) * scale[:, None] - rows).square().sum(dim=1)


def _per_row(scale: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return scale.reshape(-1, *[1] * (weight.ndim - 1))
