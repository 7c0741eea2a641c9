"""`Quantized`: the quantised CNN itself, integers between its layers."""

from dataclasses import replace

import numpy as np
import torch

from spikewright.conversion.errors import Unconvertible
from spikewright.conversion.reading.activations import StaircaseLaw
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes import Exact, Quantized
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, check_unit_range, input_amplitude, note
from spikewright.conversion.recipes.refusals import refuse_unless_hidden
from spikewright.snn import Direct, QuantReLU, ReportRow
from spikewright.snn.running import Run


def quantized(plan: Plan, images: torch.Tensor, recipe: Quantized | Exact) -> Coding:
    if recipe.input_levels is not None:
        check_unit_range(images)
    if isinstance(recipe, Exact):
        refuse_unless_hidden(plan, "no QuantReLU in the whole model, so nothing fires; try Quantized(integer=True)")
    _check_quantised(plan)
    cells = {}
    for unit in plan.hidden:
        own = unit.activation
        assert isinstance(own, StaircaseLaw)
        step = own.alpha / own.levels
        detail = f"QuantReLU population {unit.name!r}, integers 0 to {own.levels}, one is {step:.4g}"
        cells[unit.name] = NeuronChoice(QuantReLU(1.0 / step, 0, own.levels), np.asarray(step), detail)
    scale = 1.0 if plan.output.answers else float(cells[plan.output.name].amplitude)
    told = note("Quantized", "one step; the integer CNN itself, the same-information baseline")
    run = Run("its integers travel once")
    return Coding(Direct(1, recipe.input_levels), cells, input_amplitude(recipe.input_levels), scale, (told,), run=run)


def _check_quantised(plan: Plan) -> None:
    """Raises Unconvertible unless every activation is a QuantReLU."""
    free = {unit.node for unit in plan.hidden if not isinstance(unit.activation, StaircaseLaw)}
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
