"""Activations of the samples themselves, thinned out evenly, for fits to their distribution."""

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from torch import fx

from spikewright.compress import GraphView
from spikewright.conversion.ranges import Shown, seen_as, watched
from spikewright.conversion.reading.shapes import Floats

KEPT = 16384
"""The most values of a layer that are looked at."""


def sampled_activations(
    view: GraphView, images: torch.Tensor, wanted: Iterable[str], shown: Mapping[str, Shown] | None = None
) -> dict[str, Floats]:
    """For each wanted node up to about 16384 of its values on `images (n, C, H, W)`, the same number of every image.

    `shown[node]`: what of its values counts.
    """
    chosen = images[:KEPT]
    each = max(1, KEPT // len(chosen))
    kept: dict[str, list[torch.Tensor]] = {name: [] for name in wanted}

    def keep(node: fx.Node, _: torch.Tensor | None, value: torch.Tensor) -> torch.Tensor:
        rows, parts = seen_as(node.name, value, shown).flatten(1), kept[node.name]
        size = rows.shape[1]
        # An odd stride that shares no factor with most shapes walks through all channels and places.
        stride = max(1, size // each) | 1
        places = (torch.arange(min(each, size)) * stride + sum(map(len, parts)) * 7919) % size
        parts.append(rows[:, places])
        return value

    watched(view, chosen, keep, kept)
    return {name: torch.cat(parts).flatten().double().numpy() for name, parts in kept.items()}


def least_squares_window(values: Floats, levels: int, largest: float) -> float:
    """The window R whose grid of `levels` steps has the smallest mean squared error on `values`, R <= largest.

    x -> R / levels clip(floor(x levels / R + 1/2), 0, levels), R among 80 shares of the largest value, evenly in log R.
    """
    positive = np.maximum(values, 0.0)
    candidates = largest * np.geomspace(1.0, 0.05, 80)
    errors = []
    for window in candidates:
        step = window / levels
        rounded = step * np.clip(np.floor(positive / step + 0.5), 0, levels)
        errors.append(float(np.mean((rounded - positive) ** 2)))
    return float(candidates[int(np.argmin(errors))])
