"""`Rate`: spike counts stand for activations."""

import numpy as np
import torch

from conversion.activations import Leaky, Levels, Signed
from conversion.calibration.thresholds import Grid, least_squares
from conversion.coding.records import Cell, Coding, check_unit_range, input_amplitude, note, number
from conversion.coding.spiking import at_most_limit, initial_of, neuron_of
from conversion.ranges import percentiles, signed_nodes, thresholds
from conversion.recipes import Rate
from conversion.storage import keeps_integers
from conversion.values import Floats, Unit
from conversion.walk import Plan
from snn import Burst, Direct, Neuron, ReportRow, SignedIF
from spikewright import InvalidInput


def rate(plan: Plan, images: torch.Tensor, recipe: Rate) -> Coding:
    if recipe.input_levels is not None:
        check_unit_range(images)
    free = {unit.node: _rows(plan, unit, recipe) for unit in plan.hidden if not isinstance(unit.activation, Levels)}
    measured = _measured(plan, images, free, recipe)
    cells = {unit.name: _rate_cell(unit, measured.get(unit.node), recipe) for unit in plan.hidden}
    steps = recipe.run_steps
    scale = 1.0 / steps if plan.output.answers else float(cells[plan.output.name].amplitude) / steps
    code = Direct(steps, recipe.input_levels)
    return Coding(code, cells, input_amplitude(recipe.input_levels), scale, (_note(recipe),), recipe.schedule)


def _measured(plan: Plan, images: torch.Tensor, free: dict[str, int], recipe: Rate) -> dict[str, Floats]:
    """The threshold of each node in `free`, as the recipe says."""
    signed = signed_nodes(plan.hidden)
    if recipe.percentile is None and recipe.threshold == "mse":
        return least_squares(plan.view, images, free, Grid(recipe.levels, recipe.initial != "zero"), signed)
    return percentiles(plan.view, images, free, recipe.percentile or 100.0, signed)


def _note(recipe: Rate) -> ReportRow:
    reset = "reset by subtraction" if recipe.reset == "subtract" else "reset to zero"
    shift = "initial potential zero, half a step in the bias" if recipe.initial == "shift" else None
    start = shift or f"initial potential {recipe.initial}"
    text = f"{recipe.run_steps} steps, {recipe.schedule}, {reset}, {start}; image as current"
    if recipe.residual is not None:
        text += (
            f"; {recipe.residual.pre_steps} pre-steps before them make {recipe.steps}: "
            f"run it with two_phase(network, images, {recipe.residual!r})"
        )
    return note("Rate", text)


def _rate_cell(unit: Unit, values: Floats | None, recipe: Rate) -> Cell:
    if values is None:
        own = unit.activation
        assert isinstance(own, Levels)
        top, detail = np.asarray(own.alpha, dtype=np.float64), f"alpha {own.alpha:.4g} of its QuantReLU"
        if own.levels != recipe.levels:
            detail += f", whose {own.levels} levels above zero become {recipe.levels}"
    else:
        top, told = thresholds(unit, values)
        top = at_most_limit(unit, top)
        span = f"{top.min():.4g} to {top.max():.4g}, per channel" if top.ndim else f"{top:.4g}, per layer"
        detail = f"{span}, {_chosen(recipe)}"
        detail += f"; {told}" if told else ""
    threshold = top / recipe.limit if recipe.neuron == "burst" else top
    neuron = _neuron(unit, threshold, recipe)
    levels = recipe.levels * (2 if isinstance(unit.activation, Leaky | Signed) else 1) + 1
    text = f"{type(neuron).__name__} population {unit.name!r}, {levels} levels, "
    text += "full activation " if recipe.neuron == "burst" else "threshold "
    initial = "half" if recipe.initial == "half" else "zero"
    return Cell(neuron, threshold, text + detail, initial_of(unit, threshold, initial))


def _chosen(recipe: Rate) -> str:
    if recipe.percentile is not None:
        return f"percentile {recipe.percentile:g} of the positive activations"
    return (
        f"least squared error of {recipe.levels} levels above zero"
        if recipe.threshold == "mse"
        else "the largest activation"
    )


def _neuron(unit: Unit, threshold: Floats, recipe: Rate) -> Neuron:
    """The neuron that the recipe asks for; activations of both signs need a TernaryIF. Raises InvalidInput."""
    if recipe.neuron != "if" and isinstance(unit.activation, Leaky | Signed):
        raise InvalidInput(
            f"expected neuron='if' for {unit.name!r}, whose values have both signs, got {recipe.neuron!r}; "
            "try neuron='if', which makes TernaryIF neurons there"
        )
    if recipe.neuron == "signed":
        return SignedIF(number(threshold))
    if recipe.neuron == "burst":
        return Burst(number(threshold), recipe.limit)
    return neuron_of(unit, threshold, recipe.reset)


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
