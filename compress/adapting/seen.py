"""What flows through the places of a model on images: what a substitute is set by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx

from spikewright.compress.adapting.places import Place
from spikewright.compress.graph.observe import Observer

_KEPT = 1 << 17
_BATCH = 256


@dataclass
class Seen:
    """Sums over images and pixels of what enters a place, x, and what leaves it, y, by channel; of a gate x are its factors.

    `values`: at most about 2^17 of x, evenly spread.
    """

    count: int = 0
    x: Tensor = field(default_factory=lambda: torch.zeros(1, dtype=torch.float64))
    y: Tensor = field(default_factory=lambda: torch.zeros(1, dtype=torch.float64))
    xx: Tensor = field(default_factory=lambda: torch.zeros(1, dtype=torch.float64))
    xy: Tensor = field(default_factory=lambda: torch.zeros(1, dtype=torch.float64))
    parts: list[Tensor] = field(default_factory=list)

    @property
    def values(self) -> Tensor:
        """Some of x, `(n,)`."""
        return torch.cat(self.parts)

    @property
    def mean(self) -> Tensor:
        """Of x, `(channels,)`, float64."""
        return self.x / self.count

    @property
    def variance(self) -> Tensor:
        """Of x, `(channels,)`, float64."""
        return (self.xx / self.count - self.mean.square()).clamp(min=0)

    @property
    def line(self) -> tuple[Tensor, Tensor]:
        """Slope and offset, `(channels,)` each, of the line with the least squared error through (x, y); slope 0 for one x."""
        covariance = self.xy / self.count - self.mean * self.y / self.count
        slope = torch.where(self.variance > 0, covariance / self.variance, 0.0)
        return slope, self.y / self.count - slope * self.mean

    def add(self, x: Tensor, y: Tensor | None, most: int) -> None:
        """One batch `(n, channels, ...)` of what enters, and of what leaves where it has the same shape."""
        rows = _rows(x)
        self.count += rows.shape[1]
        self.x, self.xx = self.x + rows.sum(1), self.xx + rows.square().sum(1)
        if y is not None and y.shape == x.shape:
            left = _rows(y)
            self.y, self.xy = self.y + left.sum(1), self.xy + (rows * left).sum(1)
        flat = x.detach().flatten()
        self.parts.append(flat[:: max(1, flat.numel() // most)].clone())


def seen_at(module: fx.GraphModule, places: Iterable[Place], images: Tensor) -> Mapping[str, Seen]:
    """By step of a place, what flows there while `module`, put into evaluation mode, runs on `images (n, ...)`."""
    listed = tuple(places)
    entering = {place.node: place.factor or place.source for place in listed}
    wanted = {*entering, *entering.values()}
    found = {place.node: Seen() for place in listed}
    batches = torch.split(images, _BATCH)
    most, known = max(1, _KEPT // len(batches)), dict[str, Tensor]()

    def keep(node: fx.Node, _: Tensor | None, value: Any) -> Any:
        if isinstance(value, Tensor):
            known[node.name] = value.clone()  # a later step may overwrite it
        return value

    observer = Observer(module.eval(), keep, lambda node: node.name in wanted)
    with torch.no_grad():
        for batch in batches:
            observer.run(batch.clone())
            for name, source in entering.items():
                found[name].add(known[source], known.get(name), most)
            known.clear()
    return found


def _rows(value: Tensor) -> Tensor:
    """Channels first, everything else behind."""
    return value.detach().double().transpose(0, 1).flatten(1)
