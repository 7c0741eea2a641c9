"""Weights that are stored one by one, while they are trained: the layer's own weight, masked and rounded on its way."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.compress.expressions import Rows, Straight
from spikewright.compress.graph.weighted import by_output, codes_of, from_output, values_of
from spikewright.compress.quantisers.integers import largest_integer, to_integers, to_values
from spikewright.weights import Expression

_LEAST = 1e-12


class StraightPart(nn.Module):
    """Parametrisation of a layer's weight: the free weight goes in, its masked and rounded value comes out.

    The gradient goes straight through the rounding. `learns`: the scales are parameters, too, with the gradient of LSQ
    (arXiv 1902.08153); else they stay as they are, or as `Attached.rescale` chooses them.
    """

    mask: torch.Tensor | None
    scale: torch.Tensor

    def __init__(self, layer: nn.Module, straight: Straight, *, learns: bool = False) -> None:
        super().__init__()
        self.layer = (layer,)  # in a tuple, so that it is no part of this module
        self.straight, self.bits = straight, straight.bits
        self.learns = learns and straight.scale is not None
        kept = None if straight.kept is None else from_output(layer, torch.from_numpy(straight.kept))
        scale = torch.ones(1) if straight.scale is None else torch.tensor(straight.scale)
        self.register_buffer("mask", kept, persistent=False)
        if self.learns:
            self.scale = nn.Parameter(scale[:1] if straight.shared else scale)
        else:
            self.register_buffer("scale", scale, persistent=False)

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The weight of the layer from the free one."""
        weight = self.masked(weight)
        if self.bits is None:
            return weight
        layer = self.layer[0]
        if self.learns:
            rows: Any = _Rounded.apply(by_output(layer, weight), self.scales(), self.bits)  # type: ignore[no-untyped-call]
            return from_output(layer, rows)
        value = values_of(layer, codes_of(layer, weight, self.scale, self.bits), self.scale)
        return value + (weight - weight.detach())  # straight through: exactly `value`, with the gradient of `weight`

    def masked(self, weight: torch.Tensor) -> torch.Tensor:
        """The free weight without what is pruned, in the shape of the layer's."""
        return weight if self.mask is None else weight * self.mask

    def scales(self) -> torch.Tensor:
        """One positive scale for each output."""
        original: Any = self.layer[0].parametrizations.weight.original  # type: ignore[union-attr]
        outputs = by_output(self.layer[0], original).shape[0]
        return self.scale.abs().clamp_min(_LEAST).expand(outputs) if self.learns else self.scale

    def rows(self, weight: torch.Tensor) -> torch.Tensor:
        """What is rounded, by output channel."""
        return by_output(self.layer[0], self.masked(weight.detach()))

    def stored(self, weight: torch.Tensor) -> Expression:
        """How the weight that comes of the free one is stored."""
        rows = self.rows(weight).cpu().contiguous().numpy()
        scale: Rows | None = None if self.bits is None else self.scales().detach().cpu().numpy().astype(np.float32)
        return replace(self.straight, scale=scale).stored(rows)


class _Rounded(torch.autograd.Function):
    """Rows `(out, ...)` rounded to integers times `scale (out,)`.

    Straight through to the rows; the scale of n weights of at most L gets sum (q - w / scale) / sqrt(n L), q instead of the
    difference where a weight is clipped.
    """

    @staticmethod
    def forward(ctx: Any, rows: torch.Tensor, scale: torch.Tensor, bits: int) -> torch.Tensor:
        codes = to_integers(rows, scale, bits)
        ctx.save_for_backward(rows, scale, codes)
        ctx.limit = largest_integer(bits)
        return to_values(codes, scale)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        rows, scale, codes = ctx.saved_tensors
        ratio = rows / scale.reshape(-1, *[1] * (rows.ndim - 1))
        slope = torch.where(ratio.abs() <= ctx.limit, codes - ratio, codes.to(rows.dtype))
        count = max(1, rows.numel() // max(1, len(rows)))
        return gradient, (gradient * slope).reshape(len(rows), -1).sum(1) / (count * ctx.limit) ** 0.5, None
