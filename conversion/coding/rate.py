"""`Rate`: spike counts stand for activations."""

import numpy as np
import torch

from conversion.activations import Levels
from conversion.coding.records import Cell, Coding, check_unit_range, input_amplitude, note
from conversion.coding.spiking import at_most_limit, initial_of, neuron_of
from conversion.ranges import percentiles, signed_nodes, thresholds
from conversion.recipes import Rate
from conversion.storage import keeps_integers
from conversion.values import Floats, Unit
from conversion.walk import Plan
from snn import Direct
from spikewright import InvalidInput


def rate(plan: Plan, images: torch.Tensor, recipe: Rate) -> Coding:
    if recipe.input_levels is not None:
        check_unit_range(images)
    free = {unit.node: _rows(plan, unit, recipe) for unit in plan.hidden if not isinstance(unit.activation, Levels)}
    measured = percentiles(plan.view, images, free, recipe.percentile, signed_nodes(plan.hidden))
    cells = {unit.name: _rate_cell(unit, measured.get(unit.node), recipe) for unit in plan.hidden}
    scale = 1.0 / recipe.steps if plan.output.answers else float(cells[plan.output.name].amplitude) / recipe.steps
    code = Direct(recipe.steps, recipe.input_levels)
    reset = "reset by subtraction" if recipe.reset == "subtract" else "reset to zero"
    text = f"{recipe.steps} steps, {recipe.schedule}, {reset}, initial potential {recipe.initial}; image as current"
    return Coding(code, cells, input_amplitude(recipe.input_levels), scale, (note("Rate", text),), recipe.schedule)


def _rate_cell(unit: Unit, values: Floats | None, recipe: Rate) -> Cell:
    if values is None:
        own = unit.activation
        assert isinstance(own, Levels)
        threshold, detail = np.asarray(own.alpha, dtype=np.float64), f"alpha {own.alpha:.4g} of its QuantReLU"
        if own.levels != recipe.steps:
            detail += f", whose {own.levels} levels become {recipe.steps} steps"
    else:
        threshold, told = thresholds(unit, values)
        threshold = at_most_limit(unit, threshold)
        span = (
            f"{threshold.min():.4g} to {threshold.max():.4g}, per channel"
            if threshold.ndim
            else f"{threshold:.4g}, per layer"
        )
        detail = f"{span}, percentile {recipe.percentile:g} of the positive activations"
        detail += f"; {told}" if told else ""
    neuron = neuron_of(unit, threshold, recipe.reset)
    text = f"{type(neuron).__name__} population {unit.name!r}, threshold {detail}"
    return Cell(neuron, threshold, text, initial_of(unit, threshold, recipe.initial))


def _rows(plan: Plan, unit: Unit, recipe: Rate) -> int:
    """How many thresholds the unit gets: one for each channel, or one."""
    readers = [term for other in plan.units for term in other.terms if term.source == unit.name]
    fixed = any(term.kernel is not None and term.kernel.integer and not keeps_integers(term) for term in readers)
    if recipe.per_channel is True and fixed:
        raise InvalidInput(
            f"expected one threshold per layer for {unit.name!r}, whose readers have integer weights, "
            "got per_channel=True; try per_channel=None"
        )
    if unit is plan.output or fixed or recipe.per_channel is False:
        return 1
    return unit.shape[0]
