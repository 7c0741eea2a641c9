"""`Rate`: spike counts stand for activations."""

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.conversion.ranges import percentiles, signed_nodes, thresholds
from spikewright.conversion.reading.activations import LeakyLaw, SignedLaw, StaircaseLaw
from spikewright.conversion.reading.values import Floats, Unit
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes import Rate
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, check_unit_range, input_amplitude, note, number
from spikewright.conversion.recipes.full_scales import rows_of
from spikewright.conversion.recipes.rate_neurons import at_most_limit, initial_of, neuron_of
from spikewright.conversion.recipes.refusals import refuse_signed
from spikewright.conversion.recipes.threshold_search import CountGrid, least_squares
from spikewright.snn import Burst, Direct, Neuron, ReportRow, SignedIF
from spikewright.snn.running import Run


def rate(plan: Plan, images: torch.Tensor, recipe: Rate) -> Coding:
    if recipe.input_levels is not None:
        check_unit_range(images)
    if recipe.neuron != "if":
        refuse_signed(plan, "a burst" if recipe.neuron == "burst" else "a count that never falls below zero")
    _check_limits(plan, recipe)
    free = {
        unit.node: rows_of(plan, unit, recipe.per_channel)
        for unit in plan.hidden
        if not isinstance(unit.activation, StaircaseLaw)
    }
    measured = _measured(plan, images, free, recipe)
    cells = {unit.name: _rate_cell(unit, measured.get(unit.node), recipe) for unit in plan.hidden}
    steps = recipe.run_steps
    scale = 1.0 / steps if plan.output.answers else float(cells[plan.output.name].amplitude) / steps
    code = Direct(steps, recipe.input_levels)
    return Coding(
        code, cells, input_amplitude(recipe.input_levels), scale, (_note(recipe),), recipe.schedule, run=_run(recipe)
    )


def _run(recipe: Rate) -> Run:
    """What binds the network to its steps: half a spike spread over them, pre-steps before them."""
    spread = recipe.initial == "shift" or (recipe.initial == "zero" and recipe.calibration is not None)
    fixed = "each bias holds half a spike, spread over them" if spread else None
    return Run(fixed, recipe.residual.phases if recipe.residual else None)


def _check_limits(plan: Plan, recipe: Rate) -> None:
    unknown = set(recipe.limits) - {unit.name for unit in plan.hidden}
    if unknown:
        known = ", ".join(unit.name for unit in plan.hidden)
        raise InvalidInput(f"expected limits for layers out of {known}, got {', '.join(sorted(unknown))}")


def _measured(plan: Plan, images: torch.Tensor, free: dict[str, int], recipe: Rate) -> dict[str, Floats]:
    """The threshold of each node in `free`, as the recipe says."""
    signed = signed_nodes(plan.hidden)
    if recipe.percentile is None and recipe.threshold == "mse":
        found: dict[str, Floats] = {}
        for levels in {recipe.levels(unit.name) for unit in plan.hidden}:
            same = {u.node: free[u.node] for u in plan.hidden if u.node in free and recipe.levels(u.name) == levels}
            found |= (
                least_squares(plan.view, images, same, CountGrid(levels, recipe.initial != "zero"), signed)
                if same
                else {}
            )
        return found
    return percentiles(plan.view, images, free, recipe.percentile or 100.0, signed)


def _note(recipe: Rate) -> ReportRow:
    reset = "reset by subtraction"
    if recipe.reset == "zero":
        reset = "reset to zero, which loses what a potential is beyond its threshold"
    shift = "initial potential zero, half a step in the bias" if recipe.initial == "shift" else None
    start = shift or f"initial potential {recipe.initial}"
    text = f"{recipe.run_steps} steps, {recipe.schedule}, {reset}, {start}; image as current"
    if recipe.residual is not None:
        text += (
            f"; {recipe.residual.pre_steps} pre-steps before them make {recipe.steps}: "
            "run it with conversion.two_phase(network, images)"
        )
    return note("Rate", text)


def _rate_cell(unit: Unit, values: Floats | None, recipe: Rate) -> NeuronChoice:
    most = recipe.levels(unit.name)
    if values is None:
        own = unit.activation
        assert isinstance(own, StaircaseLaw)
        top, detail = np.asarray(own.alpha, dtype=np.float64), f"alpha {own.alpha:.4g} of its QuantReLU"
        if own.levels != most:
            detail += f", whose {own.levels} levels above zero become {most}"
    else:
        top, told = thresholds(unit, values)
        top = at_most_limit(unit, top)
        span = f"{top.min():.4g} to {top.max():.4g}, per channel" if top.ndim else f"{top:.4g}, per layer"
        detail = f"{span}, {_chosen(recipe, most)}"
        detail += f"; {told}" if told else ""
    threshold = top / recipe.burst(unit.name)
    neuron = _neuron(unit, threshold, recipe)
    levels = most * (2 if isinstance(unit.activation, LeakyLaw | SignedLaw) else 1) + 1
    text = f"{type(neuron).__name__} population {unit.name!r}, {levels} levels, "
    text += "full activation " if recipe.neuron == "burst" else "threshold "
    initial = "half" if recipe.initial == "half" else "zero"
    return NeuronChoice(neuron, threshold, text + detail, initial_of(unit, threshold, initial))


def _chosen(recipe: Rate, levels: int) -> str:
    if recipe.percentile is not None:
        return f"percentile {recipe.percentile:g} of the positive activations"
    return (
        f"least squared error of {levels} levels above zero" if recipe.threshold == "mse" else "the largest activation"
    )


def _neuron(unit: Unit, threshold: Floats, recipe: Rate) -> Neuron:
    """The neuron that the recipe asks for; activations of both signs become a TernaryIF."""
    if recipe.neuron == "signed":
        return SignedIF(number(threshold))
    if recipe.neuron == "burst":
        return Burst(number(threshold), recipe.burst(unit.name))
    return neuron_of(unit, threshold, recipe.reset)
