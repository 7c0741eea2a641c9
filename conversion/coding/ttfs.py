"""`Ttfs`: the time of a single spike stands for an activation."""

import numpy as np
import torch

from spikewright.conversion.ranges import percentiles, thresholds, upper_bounds
from spikewright.conversion.reading.activations import ReluLaw, StaircaseLaw
from spikewright.conversion.reading.values import Unit
from spikewright.conversion.reading.walk import INPUT, Plan
from spikewright.conversion.recipes import Ttfs
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, check_unit_range, note
from spikewright.conversion.recipes.refusals import refuse_signed, refuse_unless_hidden
from spikewright.conversion.recipes.samples import activations, least_squares_window
from spikewright.snn import Ramp, TtfsCode

ROUNDING_GUARD = 1e-5
"""Relative widening of interval bounds: float32 sums may end above the bound that float64 found."""
_TOLD = {
    "data": "windows from the samples: larger values are clipped",
    "least-squares": "windows of least squared error on the samples: larger values are clipped",
    "interval": "windows bound every input in [0, 1]: nothing is clipped",
}


def ttfs(plan: Plan, images: torch.Tensor, recipe: Ttfs) -> Coding:
    check_unit_range(images)
    refuse_unless_hidden(
        plan, "no ReLU in the whole model, so nothing has a spike time; try Rate(steps=16) or Quantized()"
    )
    refuse_signed(plan, "a spike time")
    windows = _windows(plan, images, recipe)
    cells = {unit.name: _ramp(unit, windows.get(unit.name, 0.0), recipe) for unit in plan.hidden}
    return Coding(
        TtfsCode(recipe.input_levels), cells, 1.0, 1.0, (note("Ttfs", f"one spike at most; {_TOLD[recipe.ranges]}"),)
    )


def _windows(plan: Plan, images: torch.Tensor, recipe: Ttfs) -> dict[str, float]:
    """The window of every unit that has none of its own."""
    if recipe.ranges == "interval":
        bounds = upper_bounds(plan.units, (INPUT, plan.view.input_shape), recipe.levels)
        # A layer that no input can wake has bound 0; any window is exact for it.
        return {name: bound * (1.0 + ROUNDING_GUARD) or 1.0 for name, bound in bounds.items()}
    free = {unit.node: 1 for unit in plan.hidden if not isinstance(unit.activation, StaircaseLaw)}
    squares = recipe.ranges == "least-squares"
    measured = percentiles(plan.view, images, free, 100.0 if squares else recipe.percentile)
    tops = {u.name: float(thresholds(u, measured[u.node])[0]) for u in plan.hidden if u.node in free}
    if not squares or recipe.levels is None:
        return {name: top * (1.0 + recipe.margin) for name, top in tops.items()}
    seen = activations(plan.view, images, free)
    nodes = {unit.name: unit.node for unit in plan.hidden}
    return {name: least_squares_window(seen[nodes[name]], recipe.levels, top) for name, top in tops.items()}


def _ramp(unit: Unit, window: float, recipe: Ttfs) -> NeuronChoice:
    own = unit.activation
    if isinstance(own, StaircaseLaw):
        detail = f"window = alpha {own.alpha:.4g} with the {own.levels} levels of its QuantReLU, which it equals"
        return NeuronChoice(Ramp(own.alpha, own.levels), np.ones(()), f"Ramp population {unit.name!r}, {detail}")
    if isinstance(own, ReluLaw) and own.limit is not None:
        window = min(window, own.limit)
    how = "never clipped" if recipe.ranges == "interval" else f"values above {window:.4g} are clipped"
    grid = f", spike times on {recipe.levels} levels" if recipe.levels else ""
    detail = f"Ramp population {unit.name!r}, window {window:.4g}, {how}{grid}"
    return NeuronChoice(Ramp(window, recipe.levels), np.ones(()), detail)
