"""What stands in the way of a conversion: all of it, of the model, of the recipe, and of the hardware behind."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from spikewright.compress.adapting.places import replaceable
from spikewright.compress.graph.outputs import Output
from spikewright.conversion.errors import HARDWARE, Obstacle, Unconvertible
from spikewright.conversion.reading.model import check_samples, chosen_in_python, surveyed_plan
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.recipes import Recipe, check_recipe
from spikewright.progress import watched
from spikewright.snn.core_parts import NO_SEPARABLE
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
    return plan, (*found, *more, *_of_hardware(plan, told, recipe))


def check_survey(plan: Plan, found: tuple[Obstacle, ...]) -> None:
    """Raise Unconvertible with all that was found, where any of it hinders the conversion."""
    if any(one.hinders for one in found):
        raise Unconvertible.of(plan.rows, found, replaceable(plan.view))


def _of_hardware(plan: Plan, told: set[str], recipe: Recipe | None) -> Iterator[Obstacle]:
    """What of a plan no core has, once for each node: where neurons compute values, maps that are two matrices. Of spikes
    there is nothing; what a code or a phase of its own lacks is in the report of the network."""
    if recipe is None or not recipe.computes_values:
        return
    for unit in plan.units:
        if unit.node not in told and not all(term.geometry.in_mac_core for term in unit.terms):
            told = told | {unit.node}
            source = next(iter(plan.view.node(unit.node).inputs), None)
            yield Obstacle(unit.node, *NO_SEPARABLE, refuses=HARDWARE, nodes=(unit.node,), reads=source)
