"""Which weights survive pruning: single ones, blocks of output channels, or N of every M, always the largest."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import torch

from spikewright import InvalidInput
from spikewright.weights.layouts import BLOCKS

KINDS = ("unstructured", "channel-block", "n:m")


Tensors = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Pattern:
    """The shape of what is pruned from a weight `(out, in, ...)`.

    "unstructured": each weight for itself.
    "channel-block": `block` (8, 16 or 32) consecutive output channels, for each input channel, kernel row and kernel
    column, live or die together; the last block of a layer is shorter where `block` does not divide its outputs.
    "n:m": of every group of `block` = M consecutive channels along `along` exactly N survive, for each index of the other axes;
    N is M (1 - sparsity). `along="output"` is what an engine likes that keeps output channels next to each other:
    each input reaches N of M neighbouring outputs. `along="input"` is the usual definition (Mishra et al.,
    arXiv 2104.08378): each output reads N of M neighbouring inputs. A shorter last group of k keeps ceil(N k / M).
    Raises InvalidInput for values out of range.
    """

    kind: str = "unstructured"
    block: int = 1
    along: str = "output"

    @classmethod
    def of(cls, kind: str, block: int | None = None, along: str = "output") -> "Pattern":
        """The pattern with its usual block: 16 channels, or 8 for "n:m"."""
        return cls(kind, {"channel-block": 16, "n:m": 8}.get(kind, 1) if block is None else block, along)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.along not in ("output", "input"):
            raise InvalidInput(
                f"expected a pattern out of {', '.join(KINDS)} along output or input, got {self.kind!r} and {self.along!r}"
            )
        if self.along == "input" and self.kind != "n:m":
            raise InvalidInput(f"expected along='output' for the pattern {self.kind}, got 'input'; try 'n:m'")
        if self.kind == "unstructured" and self.block != 1:
            raise InvalidInput(f"expected no block for unstructured pruning, got {self.block}; try 'channel-block'")
        if self.kind == "channel-block" and self.block not in BLOCKS:
            raise InvalidInput(f"expected a block of {BLOCKS} output channels, got {self.block}; try 16")
        if self.kind == "n:m" and self.block < 2:
            raise InvalidInput(f"expected groups of at least 2 channels for n:m, got {self.block}; try 8")

    def check(self, sparsity: float, scope: str) -> None:
        """Raise InvalidInput when this pattern cannot have that sparsity, or not with that scope."""
        if self.kind != "n:m":
            return
        if scope != "layer":
            raise InvalidInput(f"expected scope 'layer' for n:m, got {scope!r}: it gives every layer the same sparsity")
        n = round(self.block * (1 - sparsity))
        if n < 1 or abs(n - self.block * (1 - sparsity)) > 1e-6:
            n = min(max(n, 1), self.block - 1)
            raise InvalidInput(
                f"expected a sparsity of 1 - n / {self.block} for n:{self.block}, got {sparsity:g}; "
                f"try {1 - n / self.block:g} for {n}:{self.block}"
            )

    def __str__(self) -> str:
        if self.kind == "n:m":
            return f"n:{self.block} along the {self.along}"
        return "unstructured" if self.block == 1 else f"blocks of {self.block} output channels"


UNSTRUCTURED = Pattern()


def magnitude_masks(
    weights: Tensors, masks: Tensors, sparsity: float, scope: str, pattern: Pattern = UNSTRUCTURED
) -> dict[str, torch.Tensor]:
    """Masks that keep the largest weights `(out, ...)` of those that `masks` still keeps, and a minimum of each layer.

    A block counts as large as the root mean square of what survives in it, a single weight as |w|: at equal cost,
    the largest L2 norm. `scope` "global" ranks all layers together, "layer" gives each the same sparsity; at least the
    asked for, and above it by less than a block. Of equals the earlier one stays. Raises InvalidInput when the
    minimum (as many weights as the layer has outputs) exceeds what is kept.
    """
    if pattern.kind == "n:m":
        return {path: _n_of_m(weight, masks[path], sparsity, pattern) for path, weight in weights.items()}
    units = {path: _Units.of(weight.detach(), masks[path], pattern.block) for path, weight in weights.items()}
    parts = [{path: unit} for path, unit in units.items()] if scope == "layer" else [units]
    kept = {path: unit for part in parts for path, unit in _keep_largest(part, sparsity).items()}
    return {path: units[path].spread(kept[path]) & masks[path] for path in weights}


@dataclass(frozen=True)
class _Units:
    """The units `(blocks, ...)` of one layer that live or die together: score, surviving weights, outputs, weights."""

    score: torch.Tensor
    size: torch.Tensor
    block: int
    outputs: int
    weights: int

    @classmethod
    def of(cls, weight: torch.Tensor, mask: torch.Tensor, block: int) -> "_Units":
        size = _sums(mask.to(weight.dtype), block)
        energy = _sums((weight * mask).square(), block)
        # A single weight is its own score: its square might vanish.
        score = weight.abs() if block == 1 else (energy / size.clamp_min(1)).sqrt()
        score = torch.where(size > 0, score, -1.0).contiguous()
        unit = cls(score, size.long(), block, weight.shape[0], weight.numel())
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


def _keep_largest(units: Mapping[str, _Units], sparsity: float) -> dict[str, torch.Tensor]:
    score = torch.cat([unit.score.flatten() for unit in units.values()])
    size = torch.cat([unit.size.flatten() for unit in units.values()])
    total = sum(unit.weights for unit in units.values())
    keep, least = round((1 - sparsity) * total), int(size[torch.isinf(score)].sum())
    if keep < least:
        raise InvalidInput(
            f"expected a sparsity of at most {1 - least / total:.4f}, got {sparsity:.4f}: "
            "every layer keeps at least as many weights as it has outputs"
        )
    order = score.argsort(descending=True, stable=True)
    chosen = torch.zeros_like(score, dtype=torch.bool)
    chosen[order[size[order].cumsum(0) <= keep]] = True
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
