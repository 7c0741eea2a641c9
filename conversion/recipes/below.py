"""How far below zero the values of each unit go, for codes whose spikes have no sign: see `reading.shifts`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

import numpy as np
import torch

from spikewright.conversion.intervals import FURTHEST, Interval, bounds
from spikewright.conversion.ranges import FAINT, Shown, in_unit_order, percentiles
from spikewright.conversion.reading.plan import INPUT, Below, Plan, Unit
from spikewright.conversion.reading.shapes import Floats

LOOSE = 2.0**16
"""How many times the values on the samples a bound may be: times are float64, and readers take off just what was added."""
COARSE = 16.0
"""The same where some of that is lost: of times on a grid, and of sources whose readers round products of two weights."""
ROUNDING_GUARD = 1e-5
"""Relative widening of interval bounds: float32 sums may end beyond the bound that float64 found."""


@dataclass(frozen=True)
class Lows:
    """How the lowest values are measured: their percentile times 1 + margin, for each channel or for the layer."""

    percentile: float = 100.0
    margin: float = 0.0
    per_channel: bool = True


def with_lows(plan: Plan) -> tuple[Unit, ...]:
    """The units whose values are not simply zero and above."""
    return tuple(unit for unit in plan.hidden if unit.activation.lowest != 0.0)


def measured_below(plan: Plan, images: torch.Tensor, units: Iterable[Unit], how: Lows) -> dict[str, Below]:
    """For each of the units how far below zero it goes on the samples, at most to the lower end of its clamp."""
    wanted = tuple(units)
    free = tuple(unit for unit in wanted if unit.signed)
    rows = _rows(plan, free, how.per_channel)
    shown = {unit.node: _turned_over(unit) for unit in free}
    found = percentiles(plan.view, images, rows, how.percentile, shown) if free else {}
    return {unit.name: _below(unit, found.get(unit.node), how) for unit in wanted}


def _turned_over(unit: Unit) -> Shown:
    """Values below zero as what counts, in the order of the unit."""
    return lambda values: -in_unit_order(values, unit.order)


def bounded_below(plan: Plan, images: torch.Tensor, levels: int | None) -> dict[str, Below]:
    """For each unit how far below zero any input in [0, 1] can bring it; spike times on a grid have one number for a layer.

    Where that is more than `LOOSE` times the largest value on the samples, the value would be lost beside the shift: two units
    then send its halves, and if a gate reads it, it goes that many times as far as on the samples, which is said.
    """
    units = with_lows(plan)
    found = bounds(plan.units, (INPUT, plan.view.input_shape), levels, plan.ordered) if units else {}
    nodes = {unit.node: 1 for unit in units}
    seen = percentiles(plan.view, images, nodes, 100.0, dict.fromkeys(nodes, torch.abs)) if units else {}
    compared = {plan.population(unit.terms[0].source) for unit in plan.gates}
    coarse = {plan.population(term.source) for unit in plan.units for term in unit.terms if term.geometry.in_products}
    made = {}
    for unit in units:
        one, largest = _bounded(unit, found[unit.name], levels), float(seen[unit.node].max())
        times = COARSE if levels is not None or unit.name in coarse else LOOSE
        if float(one.by.max()) > times * largest:
            one = _loose(unit, one, (times, largest), unit.name in compared)
        made[unit.name] = one
    return made


def _bounded(unit: Unit, found: Interval, levels: int | None) -> Below:
    low, high = (end[0].reshape(unit.shape[0], -1).numpy() for end in found)
    rows = -(low.min(axis=1) if levels is None and unit.activation.top is None else low.min())
    guard = ROUNDING_GUARD * max(float(high.max()), float(-low.min()), 0.0)
    return _ended(unit, np.minimum(np.maximum(rows, 0.0) + guard, FURTHEST), "no input goes further")


def _loose(unit: Unit, bound: Below, seen: tuple[float, float], compared: bool) -> Below:
    """Of a unit whose bound is more than `seen`, so many times its largest value on the samples."""
    times, largest = seen
    told = f"its bound, {float(bound.by.max()):.3g}, is more than {times:g} times its values on the samples"
    if unit.activation.halves() is not None and not compared:
        return Below(told=told, halves=True)
    furthest = np.asarray(min(times * largest, FURTHEST) or 1.0)
    return _ended(unit, furthest, f"{told}, and so far it goes: smaller ones are clipped")


def _rows(plan: Plan, units: tuple[Unit, ...], per_channel: bool) -> dict[str, int]:
    """By node one number, or one for each channel where a single unit has its values, and these do not end above."""
    shared = Counter(unit.node for unit in units)

    def alone(unit: Unit) -> bool:
        whole = prod(plan.view.node(unit.node).shape) == prod(unit.shape)
        return whole and shared[unit.node] == 1 and unit.activation.top is None

    return {unit.node: unit.shape[0] if per_channel and alone(unit) else 1 for unit in units}


def _below(unit: Unit, values: Floats | None, how: Lows) -> Below:
    if values is None:
        return _ended(unit, np.zeros(()), "")
    reach = np.maximum(values, FAINT * values.max()) * (1.0 + how.margin)
    share = (
        "the lowest value on the samples" if how.percentile == 100.0 else f"percentile {how.percentile:g} below zero"
    )
    more = f" times {1.0 + how.margin:g}" if how.margin else ""
    return _ended(unit, reach.reshape(()) if reach.size == 1 else reach, f"{share}{more}: smaller ones are clipped")


def _ended(unit: Unit, reach: Floats, told: str) -> Below:
    """As far as `reach`, or as the unit's clamp goes."""
    lowest = unit.activation.lowest
    if lowest is None or bool(np.all(reach < -lowest * (1.0 - ROUNDING_GUARD))):
        return Below(reach, told)
    return Below(np.asarray(-lowest), "where its clamp begins")
