"""Where the ranges of staircases begin, from what enters the activations on images."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import torch
from torch import fx

from spikewright import InvalidInput
from spikewright.compress.graph.observe import inputs_of
from spikewright.compress.quantisers.activations import clip_range
from spikewright.compress.quantisers.staircases import Levelled, RangeStart


@dataclass(frozen=True)
class Ranges:
    """How clip ranges begin.

    Without images every range is `alpha` (8, as in the paper). With images it is the `percentile` of the positive
    inputs of that ReLU, or, with None, the range of least squared error. Of an activation with two staircases each has
    its own, from the values on its side of zero.
    """

    alpha: float = 8.0
    percentile: float | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.alpha) and self.alpha > 0):
            raise InvalidInput(f"expected a positive finite clip range, got alpha={self.alpha}; try alpha=8")
        if self.percentile is not None and not 0 < self.percentile <= 100:
            raise InvalidInput(f"expected a percentile in (0, 100], got {self.percentile}; try 99.9")


def starts_of(
    module: fx.GraphModule, placed: Levelled, images: torch.Tensor, levels: int, ranges: Ranges
) -> dict[str, RangeStart]:
    """By node, where the ranges of the staircases of `placed` begin on `images (n, ...)`; `module` goes into evaluation mode."""
    shown = {one.entering: one.shown for one in placed.bends.values() if not one.one_sided}
    names = {one.entering: None for one in placed.bends.values()}
    seen = inputs_of(module, names, images, shown, placed.gathered)
    starts = {}
    for name, bend in placed.bends.items():
        values, (above, below) = seen[bend.entering], bend.ends
        up = min(start_of(values, ranges, levels), above) if above else 1.0
        down = min(start_of(-values, ranges, levels), below) if below and not bend.one_sided else 1.0
        starts[name] = RangeStart(up, down, bend.origin)
    return starts | {name: _gathered(seen[name], ranges, levels) for name in placed.gathered}


def start_of(values: torch.Tensor, ranges: Ranges, levels: int) -> float:
    """Where the clip range of a staircase of `levels` levels begins, from values `(n,)` that enter it."""
    if ranges.percentile is None:
        return clip_range(values, levels)
    positive = values[values > 0].double()
    if positive.numel() == 0:
        return ranges.alpha
    top = torch.quantile(positive, ranges.percentile / 100)
    return max(float(top), torch.finfo(torch.float32).tiny)


def starts_without_images(limits: Mapping[str, float], ranges: Ranges) -> dict[str, RangeStart]:
    """The same without images, of ReLUs that end at these limits."""
    return {name: RangeStart(min(ranges.alpha, limit)) for name, limit in limits.items()}


def _gathered(values: torch.Tensor, ranges: Ranges, levels: int) -> RangeStart:
    """From the lowest value that is passed on, or from zero where all are above it: what lies lower is never a maximum."""
    origin = min(float(values.min()), 0.0)
    return RangeStart(start_of(values - origin, ranges, levels), origin=origin)
