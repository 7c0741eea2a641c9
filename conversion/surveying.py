"""What stands in the way of a conversion: all of it, of the model, of the recipe, and of the hardware behind."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from spikewright.compress.adapting.places import replaceable
from spikewright.compress.graph.choosing import Output
from spikewright.conversion.errors import HARDWARE, Obstacle, Unconvertible
from spikewright.conversion.reading.model import check_samples, chosen_in_python, surveyed_plan
from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.conversion.recipes import Recipe, check_recipe
from spikewright.progress import watched
from spikewright.snn.core_parts import INSTEAD_OF_MAXIMA
from spikewright.snn.running import InputRange


@watched
def obstacles(
    model: Any,
    samples: torch.Tensor | np.ndarray,
    recipe: Recipe | None = None,
    *,
    output: Output | None = None,
    fixed: Mapping[str, Any] | None = None,
    input_range: tuple[float, float] | None = None,
) -> tuple[Obstacle, ...]:
    """All that stands in the way of `convert`, with the same arguments; empty where nothing is known to.

    Each `Obstacle` says its node, what it is, why, what to use instead, and who refuses it: "conversion", the recipe, or
    "hardware", which does not hinder a conversion. Nothing is calibrated or run, so what only that would show is not told:
    silent layers, samples out of range. Raises InvalidInput as `convert`.

        for obstacle in obstacles(model, samples, Ttfs()):
            print(obstacle)
    """
    if recipe is not None:
        check_recipe(recipe)
    known = None if input_range is None else InputRange(*input_range)
    images = check_samples(samples)
    chosen = chosen_in_python(model, images, output, fixed)
    try:
        return survey(chosen, images, recipe, known)[1]
    except Unconvertible as error:
        return error.obstacles


def survey(
    model: Any, images: torch.Tensor, recipe: Recipe | None, known: InputRange | None
) -> tuple[Plan, tuple[Obstacle, ...]]:
    """The plan of a model for a recipe, and its obstacles: of the reading, then what recipe and hardware refuse of the rest.

    Raises Unconvertible where the model has no graph to read.
    """
    plan, found = surveyed_plan(model, images, known, None if recipe is None else recipe.traits)
    told = {name for obstacle in found for name in (obstacle.node, *obstacle.nodes)}
    more = () if recipe is None else tuple(one for one in recipe.obstacles(plan) if one.node not in told)
    return plan, (*found, *more, *_of_hardware(plan, told))


def check_survey(plan: Plan, found: tuple[Obstacle, ...]) -> None:
    """Raise Unconvertible with all that was found, where any of it hinders the conversion."""
    if any(one.hinders for one in found):
        raise Unconvertible.of(plan.rows, found, replaceable(plan.view))


def _of_hardware(plan: Plan, told: set[str]) -> Iterator[Obstacle]:
    """What of a plan no spike core has, whatever the recipe: maxima, synapses of other kinds, sequences. Once for each node."""
    for unit in plan.units:
        if unit.node not in told:
            lack = _lack(unit)
            if lack is not None:
                told = told | {unit.node}
                source = next(iter(plan.view.node(unit.node).inputs), None)
                yield Obstacle(unit.node, *lack, refuses=HARDWARE, nodes=(unit.node,), reads=source)


def _lack(unit: Unit) -> tuple[str, str, str] | None:
    """What a unit is that no core has, why, and its substitute."""
    if unit.gate:
        return "max pooling", "no core compares its inputs", INSTEAD_OF_MAXIMA
    other = next((term.geometry.word for term in unit.terms if not term.geometry.in_core), None)
    if other is not None:
        way = "convolutions with strides, average pooling and linear layers"
        return other, "cores have Linear, Conv2d, AvgPool2d and Identity synapses", way
    if len(unit.shape) not in (1, 3):
        return (
            "sequence",
            "cores have maps (C, H, W) and vectors (N,)",
            "maps (C, 1, L), and Conv2d with kernels of one row",
        )
    return None
