"""From recipe to numbers: what a spike of each population stands for, and which neuron makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from conversion.errors import Unconvertible
from conversion.ranges import percentiles, thresholds, upper_bounds
from conversion.recipes import Quantized, Rate, Recipe, Ttfs
from conversion.storage import keeps_integers
from conversion.values import Floats, Unit
from conversion.walk import INPUT, Plan
from snn import IF, Code, Direct, Integrator, Neuron, QuantReLU, Ramp, ReportRow
from snn import Ttfs as TtfsCode
from snn.network import Schedule
from snn.neurons import PerChannel
from spikewright import InvalidInput

ROUNDING_GUARD = 1e-5
"""Relative widening of interval bounds: float32 sums may end above the bound that float64 found."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One population: its neuron, its initial potential, what a spike stands for, and words for the report."""

    neuron: Neuron
    amplitude: Floats
    detail: str
    initial: PerChannel = 0.0


@dataclass(frozen=True, eq=False)
class Coding:
    """All that a recipe decides. `cells` by unit; `scale` turns raw logits into the model's units."""

    code: Code
    cells: Mapping[str, Cell]
    input_amplitude: float
    scale: float
    notes: tuple[ReportRow, ...]
    schedule: Schedule = "synchronous"


def coding_of(plan: Plan, images: torch.Tensor, recipe: Recipe) -> Coding:
    """The coding of `recipe` for this plan. Raises InvalidInput, or Unconvertible when the recipe asks for more."""
    makers: dict[type, Callable[[Plan, torch.Tensor, Any], Coding]] = {Rate: _rate, Ttfs: _ttfs, Quantized: _quantized}
    maker = makers.get(type(recipe))
    if maker is None:
        raise InvalidInput(f"expected a recipe Rate, Ttfs or Quantized, got {recipe!r}; try Rate(steps=7)")
    return maker(plan, images, recipe)


def _rate(plan: Plan, images: torch.Tensor, recipe: Rate) -> Coding:
    if recipe.input_levels is not None:
        check_unit_range(images)
    free = {unit.node: _rows(plan, unit, recipe) for unit in plan.hidden if unit.alpha is None}
    measured = percentiles(plan.view, images, free, recipe.percentile)
    cells = {unit.name: _rate_cell(unit, measured.get(unit.node), recipe) for unit in plan.hidden}
    scale = 1.0 / recipe.steps if plan.output.answers else float(cells[plan.output.name].amplitude) / recipe.steps
    code = Direct(recipe.steps, recipe.input_levels)
    reset = "reset by subtraction" if recipe.reset == "subtract" else "reset to zero"
    text = f"{recipe.steps} steps, {recipe.schedule}, {reset}, initial potential {recipe.initial}; image as current"
    return Coding(code, cells, _input_amplitude(recipe.input_levels), scale, (_note("Rate", text),), recipe.schedule)


def _rate_cell(unit: Unit, values: Floats | None, recipe: Rate) -> Cell:
    if values is None:
        assert unit.alpha is not None and unit.levels is not None
        threshold, detail = np.asarray(unit.alpha, dtype=np.float64), f"alpha {unit.alpha:.4g} of its QuantReLU"
        if unit.levels != recipe.steps:
            detail += f", whose {unit.levels} levels become {recipe.steps} steps"
    else:
        threshold, told = thresholds(unit, values)
        span = (
            f"{threshold.min():.4g} to {threshold.max():.4g}, per channel"
            if threshold.ndim
            else f"{threshold:.4g}, per layer"
        )
        detail = f"{span}, percentile {recipe.percentile:g} of the positive activations"
        detail += f"; {told}" if told else ""
    initial = threshold / 2 if recipe.initial == "half" else np.zeros(())
    neuron = IF(_number(threshold), recipe.reset)
    return Cell(neuron, threshold, f"IF population {unit.name!r}, threshold {detail}", _number(initial))


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


def _ttfs(plan: Plan, images: torch.Tensor, recipe: Ttfs) -> Coding:
    check_unit_range(images)
    if recipe.ranges == "data":
        free = {unit.node: 1 for unit in plan.hidden if unit.alpha is None}
        measured = percentiles(plan.view, images, free, recipe.percentile)
        tops = {u.name: float(thresholds(u, measured[u.node])[0]) for u in plan.hidden if u.node in free}
        windows = {name: top * (1.0 + recipe.margin) for name, top in tops.items()}
    else:
        bounds = upper_bounds(plan.units, (INPUT, plan.view.input_shape), recipe.levels)
        # A layer that no input can wake has bound 0; any window is exact for it.
        windows = {name: bound * (1.0 + ROUNDING_GUARD) or 1.0 for name, bound in bounds.items()}
    cells = {
        unit.name: _ramp(unit, windows[unit.name] if unit.alpha is None else unit.alpha, recipe) for unit in plan.hidden
    }
    text = "one spike at most; windows from the samples: larger values are clipped"
    if recipe.ranges == "interval":
        text = "one spike at most; windows bound every input in [0, 1]: nothing is clipped"
    return Coding(TtfsCode(), cells, 1.0, 1.0, (_note("Ttfs", text),))


def _ramp(unit: Unit, window: float, recipe: Ttfs) -> Cell:
    if unit.alpha is not None:
        detail = f"window = alpha {window:.4g} with the {unit.levels} levels of its QuantReLU, which it equals"
        return Cell(Ramp(window, unit.levels), np.ones(()), f"Ramp population {unit.name!r}, {detail}")
    how = "never clipped" if recipe.ranges == "interval" else f"values above {window:.4g} are clipped"
    grid = f", spike times on {recipe.levels} levels" if recipe.levels else ""
    detail = f"Ramp population {unit.name!r}, window {window:.4g}, {how}{grid}"
    return Cell(Ramp(window, recipe.levels), np.ones(()), detail)


def _quantized(plan: Plan, images: torch.Tensor, recipe: Quantized) -> Coding:
    if recipe.input_levels is not None:
        check_unit_range(images)
    _check_quantised(plan)
    cells = {}
    for unit in plan.hidden:
        assert unit.alpha is not None and unit.levels is not None
        step = unit.alpha / unit.levels
        detail = f"QuantReLU population {unit.name!r}, integers 0 to {unit.levels}, one is {step:.4g}"
        cells[unit.name] = Cell(QuantReLU(1.0 / step, 0, unit.levels), np.asarray(step), detail)
    scale = 1.0 if plan.output.answers else float(cells[plan.output.name].amplitude)
    note = _note("Quantized", "one step; the integer CNN itself, the same-information baseline")
    return Coding(Direct(1, recipe.input_levels), cells, _input_amplitude(recipe.input_levels), scale, (note,))


def _check_quantised(plan: Plan) -> None:
    """Raises Unconvertible unless every activation is a QuantReLU."""
    free = {unit.node for unit in plan.hidden if unit.alpha is None}
    if not free:
        return
    raise Unconvertible.of(tuple(_judged(row, free) for row in plan.rows))


def _judged(row: ReportRow, free: set[str]) -> ReportRow:
    """The row, refused when its activations are real numbers; a sum or a pool got a population without being asked."""
    if row.layer not in free or row.action != "rewritten":
        return row
    detail = "its activations are not integers; try compress.quantize(model, bits, data, activation_bits=4) first"
    if row.kind != "relu":
        detail = "a population without a QuantReLU; try a ReLU after it, and then compress.quantize"
    return replace(row, action="refused", detail=detail)


def check_unit_range(images: torch.Tensor) -> None:
    """Raise InvalidInput unless all samples lie in [0, 1]."""
    low, high = float(images.min()), float(images.max())
    if low < 0.0 or high > 1.0:
        raise InvalidInput(
            f"expected samples in [0, 1], got {low:.3g} to {high:.3g}; try the standardisation inside the model"
        )


def answer_cell() -> Cell:
    """The cell of an output that adds up and never fires."""
    return Cell(Integrator(), np.ones(()), "")


def _input_amplitude(levels: int | None) -> float:
    """With levels the input sends integers: one of them stands for 1 / levels."""
    return 1.0 if levels is None else 1.0 / levels


def _number(value: Floats) -> PerChannel:
    return float(value) if value.ndim == 0 else value.astype(np.float32)


def _note(kind: str, text: str) -> ReportRow:
    return ReportRow("network", kind, "note", text)
