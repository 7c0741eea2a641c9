"""Activations of the samples themselves, thinned out evenly, for fits to their distribution."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import fx

from spikewright.compress import GraphView
from spikewright.conversion.reading.values import Floats

KEPT = 16384
"""The most values of a layer that are looked at."""
BATCH = 64


class _Sampler(fx.Interpreter):
    def __init__(self, view: GraphView, wanted: Iterable[str], images: int) -> None:
        super().__init__(view.graph_module)
        self.values: dict[str, list[torch.Tensor]] = {name: [] for name in wanted}
        self.each = max(1, KEPT // images)

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n.name in self.values:
            rows = value.flatten(1)
            size = rows.shape[1]
            # An odd stride that shares no factor with most shapes walks through all channels and places.
            stride = max(1, size // self.each) | 1
            first = sum(len(part) for part in self.values[n.name])
            places = (torch.arange(min(self.each, size)) * stride + first * 7919) % size
            self.values[n.name].append(rows[:, places])
        return value


def activations(view: GraphView, images: torch.Tensor, wanted: Iterable[str]) -> dict[str, Floats]:
    """For each wanted node up to about 16384 of its values on `images (n, C, H, W)`, the same number of every image."""
    chosen = images[:KEPT]
    sampler = _Sampler(view, wanted, len(chosen))
    with torch.no_grad():
        for part in torch.split(chosen, BATCH):
            sampler.run(part.clone())
    return {name: torch.cat(parts).flatten().double().numpy() for name, parts in sampler.values.items()}


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
