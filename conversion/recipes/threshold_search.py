"""Thresholds of least squared error: the clip and the grid of a spike count, weighed against each other on samples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, fx

from spikewright.compress import GraphView
from spikewright.compress.graph.observe import See
from spikewright.conversion.ranges import Shown, as_rows, seen_as, watched
from spikewright.conversion.reading.shapes import Floats

BINS = 2048
"""Bins of the histogram of a channel's activations between 0 and the largest."""
SHARES = np.geomspace(1.0, 0.05, 120)
"""The thresholds tried, as shares of the largest activation."""


@dataclass(frozen=True)
class CountGrid:
    """What a neuron's count can say: `levels` steps above zero, rounded to the nearest (`half`) or down."""

    levels: int
    half: bool = True


def least_squares(
    view: GraphView,
    images: Tensor,
    wanted: Mapping[str, int],
    grid: CountGrid,
    shown: Mapping[str, Shown] | None = None,
) -> dict[str, Floats]:
    """For each wanted node the threshold a that minimises E[(x - q(x))**2] over the positive values on `images (n, ...)`.

    q(x) = a / levels clip(floor(x levels / a + 1/2), 0, levels), or without the 1/2 (Li et al. 2021, arXiv 2106.06984);
    a is searched on a grid of shares of the largest value, each value at the middle of its bin of a histogram.
    `wanted[node]`: its channels for one number each, `(C,)`, or 1 for one of the whole layer, `(1,)`; a row without a
    positive value gets 0. `shown[node]`: what of its values counts. Memory does not grow with the samples.
    """
    largest = {name: torch.zeros(rows) for name, rows in wanted.items()}
    counts = {name: torch.zeros(rows * BINS, dtype=torch.long) for name, rows in wanted.items()}

    def reach(name: str, rows: Tensor) -> None:
        largest[name] = torch.maximum(largest[name], rows.amax(1))

    def count(name: str, rows: Tensor) -> None:
        top = largest[name].clamp(min=torch.finfo(torch.float32).tiny)[:, None]
        places = (rows / top * BINS).long().clamp(max=BINS - 1) + BINS * torch.arange(len(rows))[:, None]
        counts[name] += torch.bincount(places[rows > 0], minlength=len(rows) * BINS)

    for look in (reach, count):
        watched(view, images, _rows_to(look, wanted, shown), wanted)
    found = {}
    for name, rows in wanted.items():
        share = best_share(counts[name].reshape(rows, BINS).numpy(), grid)
        found[name] = largest[name].double().numpy() * share
    return found


def _rows_to(look: Callable[[str, Tensor], None], wanted: Mapping[str, int], shown: Mapping[str, Shown] | None) -> See:
    """An observer's `see` that shows what counts of the values, as rows."""

    def see(node: fx.Node, _: Tensor | None, value: Tensor) -> Tensor:
        look(node.name, as_rows(seen_as(node.name, value, shown), wanted[node.name]))
        return value

    return see


def best_share(counts: np.ndarray, grid: CountGrid) -> Floats:
    """For each row of a histogram `(rows, bins)` over (0, 1] the share with the least squared error, `(rows,)`."""
    x = (np.arange(counts.shape[1]) + 0.5) / counts.shape[1]
    steps = SHARES[:, None] / grid.levels
    rounded = steps * np.clip(np.floor(x / steps + 0.5 * grid.half), 0, grid.levels)
    errors = counts @ ((rounded - x) ** 2).T
    found: Floats = SHARES[errors.argmin(1)]
    return found
