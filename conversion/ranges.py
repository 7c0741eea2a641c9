"""How large activations get: percentiles on samples, or bounds for every input in [0, 1]."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

import numpy as np
import torch
from torch import fx

from spikewright import InvalidInput
from spikewright.compress import GraphView
from spikewright.conversion.forward import activate
from spikewright.conversion.reading.activations import LeakyLaw, MaximumLaw, ReluLaw, SignedLaw, StaircaseLaw
from spikewright.conversion.reading.terms import add_term, apply_term
from spikewright.conversion.reading.values import Floats, Unit
from spikewright.snn.synapses import Shape

BATCH = 64
FAINT = 0.01
"""Share of the largest threshold of a layer below which a channel's own is not used."""
Interval = tuple[torch.Tensor, torch.Tensor]
"""Lower and upper bounds, `(1, *shape)` each."""


@dataclass
class _Top:
    """The largest positive values of each row so far, `(rows, kept)`, and how many positive ones there were."""

    kept: int
    largest: torch.Tensor
    positive: torch.Tensor

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


class _TopObserver(fx.Interpreter):
    """Runs the graph and shows the wanted values to `_Top` as they come up."""

    def __init__(self, view: GraphView, wanted: Mapping[str, int], percentile: float, samples: int) -> None:
        super().__init__(view.graph_module)
        self.wanted, self.tops, self.signed = wanted, {}, frozenset[str]()
        for name, rows in wanted.items():
            kept = ceil(samples * prod(view.node(name).shape) / rows * (1 - percentile / 100.0)) + 2
            self.tops[name] = _Top(kept, torch.zeros(rows, 0), torch.zeros(rows, dtype=torch.long))

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n.name in self.wanted:
            rows, shown = self.wanted[n.name], value.abs() if n.name in self.signed else value
            self.tops[n.name].take(shown.reshape(len(value), rows, -1).transpose(0, 1).flatten(1))
        return value


def percentiles(
    view: GraphView,
    images: torch.Tensor,
    wanted: Mapping[str, int],
    percentile: float,
    signed: frozenset[str] = frozenset(),
) -> dict[str, Floats]:
    """For each wanted node the percentile of its positive values on `images (n, C, H, W)`.

    `wanted[node]`: its channels for one number each, `(C,)`, or 1 for one of the whole layer, `(1,)`. Nodes in
    `signed` show their magnitudes. Memory grows with the number of values above the percentile, not with all of them.
    """
    observer = _TopObserver(view, wanted, percentile, len(images))
    observer.signed = signed
    with torch.no_grad():
        for part in torch.split(images, BATCH):
            observer.run(part.clone())
    return {name: top.percentile(percentile) for name, top in observer.tops.items()}


def signed_nodes(units: tuple[Unit, ...]) -> frozenset[str]:
    """The graph nodes of the units that send values of both signs: their magnitudes count."""
    return frozenset(unit.node for unit in units if isinstance(unit.activation, LeakyLaw | SignedLaw))


def thresholds(unit: Unit, values: Floats) -> tuple[Floats, str]:
    """Positive thresholds () or `(C,)`, and in words what was not taken from the samples as it is.

    A silent channel gets the threshold of the largest one. A faint one, below a hundredth of that, is raised to it: it
    would fire at noise, and its threshold would be no whole unit of a fixed-point potential. Raises InvalidInput when
    the whole layer is silent.
    """
    top = float(values.max())
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


def upper_bounds(units: tuple[Unit, ...], inputs: tuple[str, Shape], levels: int | None = None) -> dict[str, float]:
    """The largest value that each unit can take for any input in [0, 1], by interval arithmetic in float64.

    `inputs`: name and shape of the input. An interval c +- r becomes W c + b +- |W| r, and every population lies in
    [max(lower, 0), max(upper, 0)], at most at its limit; a maximum in the maxima of the bounds. A grid of `levels`
    values (a QuantReLU has its own) moves a value by half a level at most; a QuantReLU is at most its alpha. Units
    whose values have both signs are bounded by the larger magnitude.
    """
    name, shape = inputs
    maps = {name: (torch.zeros(1, *shape).double(), torch.ones(1, *shape).double())}
    shapes = {name: shape} | {unit.name: unit.shape for unit in units}
    bounds = {}
    for unit in units:
        low, high = _entering(unit, maps, shapes)
        maps[unit.name], bounds[unit.name] = _sent(unit, (low, high), levels)
    return bounds


def _entering(unit: Unit, maps: Mapping[str, Interval], shapes: Mapping[str, Shape]) -> Interval:
    if isinstance(unit.activation, MaximumLaw):
        (term,) = unit.terms
        low, high = (apply_term(term, value, shapes[term.source]) for value in maps[term.source])
        return low, high
    center = torch.tensor(unit.bias)[None]
    radius = torch.zeros_like(center)
    for term in unit.terms:
        low, high = maps[term.source]
        shape = shapes[term.source]
        center = add_term(center, term, apply_term(term, (high + low) / 2, shape))
        radius = add_term(radius, term, apply_term(term, (high - low) / 2, shape, absolute=True))
    return center - radius, center + radius


def _sent(unit: Unit, interval: Interval, levels: int | None) -> tuple[Interval, float]:
    """The interval of what a unit sends, and the bound of its values."""
    (low, high), own = interval, unit.activation
    if isinstance(own, MaximumLaw) or unit.answers:
        return (low, high), float(high.max())
    if isinstance(own, LeakyLaw | SignedLaw):
        low, high = activate(unit, low), activate(unit, high)
        return (low, high), float(torch.maximum(low.abs(), high.abs()).max())
    top = own.alpha if isinstance(own, StaircaseLaw) else max(float(high.max()), 0.0)
    top = min(top, own.limit) if isinstance(own, ReluLaw) and own.limit is not None else top
    grid = own.levels if isinstance(own, StaircaseLaw) else levels
    half = top / (2 * grid) if grid else 0.0
    return ((low - half).clamp(0.0, top), (high + half).clamp(0.0, top)), top
