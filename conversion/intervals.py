"""Between what activations lie for every input in [0, 1], by interval arithmetic."""

from collections.abc import Mapping

import numpy as np
import torch

from spikewright.conversion.forward import activate, in_order
from spikewright.conversion.reading.ordered_sources import OrderedSource
from spikewright.conversion.reading.plan import Unit
from spikewright.conversion.reading.terms import add_term, apply_term
from spikewright.snn.synapses import Shape

FURTHEST = float(np.finfo(np.float32).max)
"""Bounds of deep networks grow with every layer; none is further than the largest value that the model itself can have."""
Interval = tuple[torch.Tensor, torch.Tensor]
"""Lower and upper bounds, `(1, *shape)` each."""


def bounds(
    units: tuple[Unit, ...],
    inputs: tuple[str, Shape],
    levels: int | None = None,
    ordered: tuple[OrderedSource, ...] = (),
) -> dict[str, Interval]:
    """Between what the values of each unit lie for any input in [0, 1], `(1, *shape)` each, by interval arithmetic in float64.

    `inputs`: name and shape of the input. An interval c +- r becomes W c + b +- |W| r; every population lies between what its law
    makes of the ends; a maximum in the maxima of the bounds. A grid of `levels` values (a QuantReLU has its own) over all that a
    unit can send moves a value by half a level at most.
    """
    name, shape = inputs
    maps = {name: (torch.zeros(1, *shape).double(), torch.ones(1, *shape).double())}
    shapes = {name: shape} | {unit.name: unit.shape for unit in units} | {one.name: one.order.shape for one in ordered}
    maps |= _in_order(ordered, name, maps[name])
    for unit in units:
        maps[unit.name] = _sent(unit, _entering(unit, maps, shapes), levels)
        maps |= _in_order(ordered, unit.name, maps[unit.name])
    return {unit.name: maps[unit.name] for unit in units}


def _in_order(ordered: tuple[OrderedSource, ...], source: str, ends: Interval) -> dict[str, Interval]:
    low, high = (in_order(ordered, source, values) for values in ends)
    return {name: (low[name], high[name]) for name in low}


def _entering(unit: Unit, maps: Mapping[str, Interval], shapes: Mapping[str, Shape]) -> Interval:
    if unit.gate:
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


def _sent(unit: Unit, interval: Interval, levels: int | None) -> Interval:
    """The interval of the values of a unit, rounded to its grid or to one of `levels` steps."""
    low, high = (end.clamp(-FURTHEST, FURTHEST) for end in interval)
    if unit.gate or unit.adds_up:
        return low, high
    law = unit.activation
    if law.signed:
        low, high = activate(unit, low), activate(unit, high)
    bottom = min(float(low.min()), 0.0) if law.signed else law.lowest or 0.0
    largest = max(float(high.max()), bottom)
    top = largest if law.top is None else law.top if law.grid else min(largest, law.top)
    grid = law.grid or levels
    half = (top - bottom) / (2 * grid) if grid else 0.0
    return (low - half).clamp(bottom, top), (high + half).clamp(bottom, top)
