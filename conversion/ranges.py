"""How large activations get on samples: percentiles, and the thresholds that these make."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from math import ceil, prod

import numpy as np
import torch
from torch import fx

from spikewright import InvalidInput
from spikewright.compress import GraphView
from spikewright.compress.graph.observe import Observer, See
from spikewright.conversion.reading.plan import Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.index_maps import IndexMap

BATCH = 64
FAINT = 0.01
"""Share of the largest threshold of a layer below which a channel's own is not used."""
Shown = Callable[[torch.Tensor], torch.Tensor]
"""From values `(n, ...)` of a graph node to those that count."""


@dataclass
class _Top:
    """The largest positive values of each row so far, `(rows, kept)`, and how many positive ones there were."""

    kept: int
    largest: torch.Tensor
    positive: torch.Tensor

    @classmethod
    def of(cls, values: int, rows: int, percentile: float) -> "_Top":
        """Room for what lies above the percentile of so many values in so many rows."""
        kept = ceil(values / rows * (1 - percentile / 100.0)) + 2
        return cls(kept, torch.zeros(rows, 0), torch.zeros(rows, dtype=torch.long))

    def take(self, rows: torch.Tensor) -> None:
        """Look at more values, `(rows, values)`."""
        together = torch.cat([self.largest, rows], dim=1)
        self.largest = together.topk(min(self.kept, together.shape[1]), dim=1).values
        self.positive += (rows > 0).sum(dim=1)

    def percentile(self, percentile: float) -> Floats:
        """Of the positive values of each row, linearly interpolated as numpy does; 0 where there is none."""
        behind = (self.positive.double() - 1).clamp(min=0) * (1 - percentile / 100.0)
        low = behind.floor().long().clamp(max=self.largest.shape[1] - 1)
        high = (low + 1).clamp(max=self.largest.shape[1] - 1)
        values = self.largest.clamp(min=0).double()
        first, second = (values.gather(1, place[:, None])[:, 0] for place in (low, high))
        second = torch.where(second > 0, second, first)
        result: Floats = (first + (behind - low) * (second - first)).numpy()
        return result


def percentiles(
    view: GraphView,
    images: torch.Tensor,
    wanted: Mapping[str, int],
    percentile: float,
    shown: Mapping[str, Shown] | None = None,
) -> dict[str, Floats]:
    """For each wanted node the percentile of its positive values on `images (n, C, H, W)`, as its unit orders them.

    `wanted[node]`: its channels for one number each, `(C,)`, or 1 for one of the whole layer, `(1,)`. `shown[node]`: what of its
    values counts. Memory grows with the number of values above the percentile, not with all of them.
    """
    tops = {name: _Top.of(len(images) * prod(view.node(name).shape), rows, percentile) for name, rows in wanted.items()}

    def take(node: fx.Node, _: torch.Tensor | None, value: torch.Tensor) -> torch.Tensor:
        tops[node.name].take(as_rows(seen_as(node.name, value, shown), wanted[node.name]))
        return value

    watched(view, images, take, tops)
    return {name: top.percentile(percentile) for name, top in tops.items()}


def watched(view: GraphView, images: torch.Tensor, see: See, nodes: Container[str]) -> None:
    """Run the graph on `images (n, ...)`, batch by batch, and show the values of `nodes` to `see`."""
    observer = Observer(view.graph_module, see, lambda node: node.name in nodes)
    with torch.no_grad():
        for part in torch.split(images, BATCH):
            observer.run(part.clone())


def in_unit_order(values: torch.Tensor, order: IndexMap | None) -> torch.Tensor:
    """Values `(n, *shape)` of a node in the order and the shape of its unit."""
    if order is None:
        return values
    return values.flatten(1)[:, torch.from_numpy(order.addresses.reshape(-1))].reshape(-1, *order.shape)


def as_rows(values: torch.Tensor, rows: int) -> torch.Tensor:
    """Values `(n, ...)` as `(rows, values)`: one row for each channel, or one for all."""
    return values.reshape(len(values), rows, -1).transpose(0, 1).flatten(1)


def sent_by(units: tuple[Unit, ...]) -> dict[str, Shown]:
    """By graph node what the unit there sends of its values, in its own order: magnitudes of both signs, or all of them shifted
    above zero."""
    differ = (unit for unit in units if unit.signed or unit.below is not None or unit.order is not None)
    return {unit.node: _sending(unit) for unit in differ}


def _sending(unit: Unit) -> Shown:
    look = _sign(unit)
    return look if unit.order is None else lambda values: look(in_unit_order(values, unit.order))


def _sign(unit: Unit) -> Shown:
    """What counts of values in the order of the unit."""
    if unit.below is None or unit.below.halves:
        return torch.abs if unit.signed or unit.below is not None else lambda values: values
    by = torch.from_numpy(np.asarray(unit.below.by)).float()

    def shifted(values: torch.Tensor) -> torch.Tensor:
        rows = values.reshape(len(values), -1) if by.ndim == 0 else values.reshape(len(values), len(by), -1)
        found: torch.Tensor = (rows + by.reshape(-1, *[1] * by.ndim)).reshape(values.shape)
        return found

    return shifted


def seen_as(name: str, value: torch.Tensor, shown: Mapping[str, Shown] | None) -> torch.Tensor:
    """What counts of the values of a node."""
    look = None if shown is None else shown.get(name)
    return value if look is None else look(value)


def thresholds(unit: Unit, values: Floats) -> tuple[Floats, str]:
    """Positive thresholds () or `(C,)`, and in words what was not taken from the samples as it is.

    A silent channel gets the threshold of the largest one. A faint one, below a hundredth of that, is raised to it: it
    would fire at noise, and its threshold would be no whole unit of a fixed-point potential. Raises InvalidInput when
    the whole layer is silent.
    """
    top = float(values.max())
    if top <= 0.0 and unit.activation.may_be_silent:
        return np.ones(()), "silent on the samples, so one"
    if top <= 0.0:
        raise InvalidInput(
            f"expected some activation above zero in layer {unit.name!r}, got none on these samples; "
            "try other samples, or remove the dead layer"
        )
    silent, faint = values <= 0.0, (values > 0.0) & (values < FAINT * top)
    filled = np.where(silent, top, np.maximum(values, FAINT * top))
    told = [f"{silent.sum()} silent channels take the largest"] if silent.any() else []
    told += [f"{faint.sum()} faint channels are raised to {FAINT:g} of it"] if faint.any() else []
    return (filled.reshape(()) if values.size == 1 else filled), "; ".join(told)
