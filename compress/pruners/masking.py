"""Which weights survive pruning: of single ones, of blocks or of each group the largest, to a share of weights or additions."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import torch

from spikewright import InvalidInput
from spikewright.compress.pruners.patterns import UNSTRUCTURED, Pattern

Tensors = Mapping[str, torch.Tensor]
_ROUNDING = 1e-9


def magnitude_masks(
    weights: Tensors,
    masks: Tensors,
    sparsity: float,
    scope: str,
    pattern: Pattern = UNSTRUCTURED,
    additions: Tensors | None = None,
) -> dict[str, torch.Tensor]:
    """Masks that keep the largest weights `(out, ...)` of those that `masks` still keeps, and a minimum of each layer.

    A block counts as large as the root mean square of what survives in it, a single weight as |w|: at equal cost,
    the largest L2 norm. `scope` "global" ranks all layers together, "layer" gives each the same sparsity; at least the
    asked for, and above it by less than a block. Of equals the earlier one stays. Raises InvalidInput when the
    minimum (as many weights as the layer has outputs) exceeds what is kept.
    `additions`: how often each weight is added; then the sparsity is a share of all additions, not of the weights, and what is
    never added goes first.
    """
    if pattern.kind == "n:m":
        return {path: _n_of_m(weight, masks[path], sparsity, pattern) for path, weight in weights.items()}
    units = {
        path: _Units.of(weight.detach(), masks[path], pattern.block, None if additions is None else additions[path])
        for path, weight in weights.items()
    }
    parts = [{path: unit} for path, unit in units.items()] if scope == "layer" else [units]
    whole = additions is None
    kept = {path: unit for part in parts for path, unit in _keep_largest(part, sparsity, whole=whole).items()}
    return {path: units[path].spread(kept[path]) & masks[path] for path in weights}


def sparsity_of(masks: Tensors, each: Tensors | None = None) -> float:
    """Fraction of weights that the masks remove, or of additions, of which `each` weight makes so many."""
    counted = {path: torch.ones_like(mask) for path, mask in masks.items()} if each is None else each
    total = sum(float(one.sum()) for one in counted.values())
    return 1 - sum(float(counted[path][mask].sum()) for path, mask in masks.items()) / total if total else 0.0


@dataclass(frozen=True)
class _Units:
    """The units `(blocks, ...)` of one layer that live or die together: score, surviving weights, outputs.

    `counted`: of what survives in each, and in `total` of the whole layer before any pruning, what a sparsity is a share of.
    """

    score: torch.Tensor
    size: torch.Tensor
    counted: torch.Tensor
    total: float
    block: int
    outputs: int

    @classmethod
    def of(cls, weight: torch.Tensor, mask: torch.Tensor, block: int, additions: torch.Tensor | None) -> "_Units":
        size = _sums(mask.to(weight.dtype), block)
        energy = _sums((weight * mask).square(), block)
        # A single weight is its own score: its square might vanish.
        score = weight.abs() if block == 1 else (energy / size.clamp_min(1)).sqrt()
        counted, total = size.double(), float(weight.numel())
        if additions is not None:
            counted, total = _sums(additions * mask, block), float(additions.sum())
            score = torch.where(counted > 0, score, 0.0)
        score = torch.where(size > 0, score, -1.0).contiguous()
        unit = cls(score, size.long(), counted, total, block, weight.shape[0])
        best = score.flatten().argsort(descending=True, stable=True)
        before = unit.size.flatten()[best].cumsum(0) - unit.size.flatten()[best]
        least = best[(before < unit.outputs) & (score.flatten()[best] >= 0)]
        score.view(-1)[least] = torch.inf
        return unit

    def spread(self, kept: torch.Tensor) -> torch.Tensor:
        """Units `(blocks, ...)` as a mask of the weight `(out, ...)`."""
        return kept.repeat_interleave(self.block, 0)[: self.outputs]


def _sums(values: torch.Tensor, block: int) -> torch.Tensor:
    """Sums over runs of `block` along the first axis; the last run may be shorter."""
    return torch.stack([part.sum(0) for part in torch.split(values, block)]) if block > 1 else values.clone()


def _keep_largest(units: Mapping[str, _Units], sparsity: float, *, whole: bool) -> dict[str, torch.Tensor]:
    """Which units stay; `whole`: what is counted are weights, whole numbers, of which the nearest one stays."""
    score = torch.cat([unit.score.flatten() for unit in units.values()])
    counted = torch.cat([unit.counted.flatten() for unit in units.values()])
    total = sum(unit.total for unit in units.values())
    keep = round((1 - sparsity) * total) if whole else (1 - sparsity) * total * (1 + _ROUNDING)
    least = float(counted[torch.isinf(score)].sum())
    if keep < least:
        raise InvalidInput(
            f"expected a sparsity of at most {1 - least / total:.4f}, got {sparsity:.4f}: "
            "every layer keeps at least as many weights as it has outputs"
        )
    order = score.argsort(descending=True, stable=True)
    chosen = torch.zeros_like(score, dtype=torch.bool)
    chosen[order[counted[order].cumsum(0) <= keep]] = True
    if sparsity > 0:
        chosen &= (counted > 0) | torch.isinf(score)
    parts = torch.split(chosen & (score >= 0), [unit.score.numel() for unit in units.values()])
    return {path: part.reshape(unit.score.shape) for (path, unit), part in zip(units.items(), parts, strict=True)}


def _n_of_m(weight: torch.Tensor, mask: torch.Tensor, sparsity: float, pattern: Pattern) -> torch.Tensor:
    axis = 0 if pattern.along == "output" else 1
    n = ceil(pattern.block * (1 - sparsity) - 1e-6)
    score = torch.where(mask, weight.detach().abs(), -1.0)
    parts = [
        _largest(part, ceil(n * part.shape[axis] / pattern.block), axis)
        for part in torch.split(score, pattern.block, axis)
    ]
    kept = torch.cat(parts, axis) & mask
    if int(kept.sum()) < min(weight.shape[0], int(mask.sum())):
        raise InvalidInput(
            f"expected at least as many weights as outputs, got {int(kept.sum())} in a layer of {tuple(weight.shape)} "
            f"at {n}:{pattern.block} along the {pattern.along}; try a larger n or the pattern 'channel-block'"
        )
    return kept


def _largest(score: torch.Tensor, count: int, axis: int) -> torch.Tensor:
    order = score.argsort(dim=axis, descending=True, stable=True).narrow(axis, 0, count)
    return torch.zeros_like(score, dtype=torch.bool).scatter_(axis, order, True)
