"""Thresholds of least squared error: the clip and the grid of a spike count, weighed against each other on samples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx

from spikewright.compress import GraphView
from spikewright.conversion.reading.values import Floats

BATCH = 64
BINS = 2048
"""Bins of the histogram of a channel's activations between 0 and the largest."""
SHARES = np.geomspace(1.0, 0.05, 120)
"""The thresholds tried, as shares of the largest activation."""


@dataclass(frozen=True)
class CountGrid:
    """What a neuron's count can say: `levels` steps above zero, rounded to the nearest (`half`) or down."""

    levels: int
    half: bool = True


class _Watcher(fx.Interpreter):
    """Runs the graph and shows wanted values, `(rows, values)`, to `show`."""

    def __init__(self, view: GraphView, wanted: Mapping[str, int], show: Callable[[str, Tensor], None]) -> None:
        super().__init__(view.graph_module)
        self.wanted, self.show = wanted, show

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n.name in self.wanted:
            self.show(n.name, value.reshape(len(value), self.wanted[n.name], -1).transpose(0, 1).flatten(1))
        return value


def least_squares(
    view: GraphView, images: Tensor, wanted: Mapping[str, int], grid: CountGrid, signed: frozenset[str] = frozenset()
) -> dict[str, Floats]:
    """For each wanted node the threshold a that minimises E[(x - q(x))**2] over the positive values on `images (n, ...)`.

    q(x) = a / levels clip(floor(x levels / a + 1/2), 0, levels), or without the 1/2 (Li et al. 2021, arXiv 2106.06984);
    a is searched on a grid of shares of the largest value, each value at the middle of its bin of a histogram.
    `wanted[node]`: its channels for one number each, `(C,)`, or 1 for one of the whole layer, `(1,)`; a row without a
    positive value gets 0. Nodes in `signed` show their magnitudes. Memory does not grow with the samples.
    """
    largest = {name: torch.zeros(rows) for name, rows in wanted.items()}
    counts = {name: torch.zeros(rows * BINS, dtype=torch.long) for name, rows in wanted.items()}

    def reach(name: str, rows: Tensor) -> None:
        shown = rows.abs() if name in signed else rows
        largest[name] = torch.maximum(largest[name], shown.amax(1))

    def count(name: str, rows: Tensor) -> None:
        shown = rows.abs() if name in signed else rows
        top = largest[name].clamp(min=torch.finfo(torch.float32).tiny)[:, None]
        places = (shown / top * BINS).long().clamp(max=BINS - 1) + BINS * torch.arange(len(shown))[:, None]
        counts[name] += torch.bincount(places[shown > 0], minlength=len(shown) * BINS)

    for show in (reach, count):
        watcher = _Watcher(view, wanted, show)
        with torch.no_grad():
            for part in torch.split(images, BATCH):
                watcher.run(part.clone())
    found = {}
    for name, rows in wanted.items():
        share = best_share(counts[name].reshape(rows, BINS).numpy(), grid)
        found[name] = largest[name].double().numpy() * share
    return found


def best_share(counts: np.ndarray, grid: CountGrid) -> Floats:
    """For each row of a histogram `(rows, bins)` over (0, 1] the share with the least squared error, `(rows,)`."""
    x = (np.arange(counts.shape[1]) + 0.5) / counts.shape[1]
    steps = SHARES[:, None] / grid.levels
    rounded = steps * np.clip(np.floor(x / steps + 0.5 * grid.half), 0, grid.levels)
    errors = counts @ ((rounded - x) ** 2).T
    found: Floats = SHARES[errors.argmin(1)]
    return found
