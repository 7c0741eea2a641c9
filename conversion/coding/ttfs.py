"""`Ttfs`: the time of a single spike stands for an activation."""

from dataclasses import replace

import numpy as np
import torch

from conversion.activations import Leaky, Levels, Relu, Signed
from conversion.coding.records import Cell, Coding, check_unit_range, note
from conversion.errors import Unconvertible
from conversion.ranges import percentiles, thresholds, upper_bounds
from conversion.recipes import Ttfs
from conversion.values import Unit
from conversion.walk import INPUT, Plan
from snn import Ramp
from snn import Ttfs as TtfsCode

ROUNDING_GUARD = 1e-5
"""Relative widening of interval bounds: float32 sums may end above the bound that float64 found."""


def ttfs(plan: Plan, images: torch.Tensor, recipe: Ttfs) -> Coding:
    check_unit_range(images)
    _check_positive(plan)
    if recipe.ranges == "data":
        free = {unit.node: 1 for unit in plan.hidden if not isinstance(unit.activation, Levels)}
        measured = percentiles(plan.view, images, free, recipe.percentile)
        tops = {u.name: float(thresholds(u, measured[u.node])[0]) for u in plan.hidden if u.node in free}
        windows = {name: top * (1.0 + recipe.margin) for name, top in tops.items()}
    else:
        bounds = upper_bounds(plan.units, (INPUT, plan.view.input_shape), recipe.levels)
        # A layer that no input can wake has bound 0; any window is exact for it.
        windows = {name: bound * (1.0 + ROUNDING_GUARD) or 1.0 for name, bound in bounds.items()}
    cells = {unit.name: _ramp(unit, windows.get(unit.name, 0.0), recipe) for unit in plan.hidden}
    text = "one spike at most; windows from the samples: larger values are clipped"
    if recipe.ranges == "interval":
        text = "one spike at most; windows bound every input in [0, 1]: nothing is clipped"
    return Coding(TtfsCode(), cells, 1.0, 1.0, (note("Ttfs", text),))


def _check_positive(plan: Plan) -> None:
    """Raises Unconvertible when values below zero would have to be sent: a time in a window has no sign."""
    signed = {unit.node for unit in plan.hidden if isinstance(unit.activation, Leaky | Signed)}
    if not signed:
        return
    text = (
        "values below zero have no spike time; try a ReLU in place of the leaky one, or Rate, whose spikes have signs"
    )
    raise Unconvertible.of(
        tuple(replace(row, action="refused", detail=text) if row.layer in signed else row for row in plan.rows)
    )


def _ramp(unit: Unit, window: float, recipe: Ttfs) -> Cell:
    own = unit.activation
    if isinstance(own, Levels):
        detail = f"window = alpha {own.alpha:.4g} with the {own.levels} levels of its QuantReLU, which it equals"
        return Cell(Ramp(own.alpha, own.levels), np.ones(()), f"Ramp population {unit.name!r}, {detail}")
    if isinstance(own, Relu) and own.limit is not None:
        window = min(window, own.limit)
    how = "never clipped" if recipe.ranges == "interval" else f"values above {window:.4g} are clipped"
    grid = f", spike times on {recipe.levels} levels" if recipe.levels else ""
    detail = f"Ramp population {unit.name!r}, window {window:.4g}, {how}{grid}"
    return Cell(Ramp(window, recipe.levels), np.ones(()), detail)
