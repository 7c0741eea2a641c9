"""What stands in the way of a conversion, without an exception: `obstacles(model, samples, recipe)`."""

from typing import Any

import numpy as np
import torch

from spikewright.conversion.errors import Obstacle, Unconvertible
from spikewright.conversion.reading.model import check_samples, surveyed_plan
from spikewright.conversion.recipes import Recipe, check_recipe
from spikewright.snn.running import InputRange


def obstacles(
    model: Any,
    samples: torch.Tensor | np.ndarray,
    recipe: Recipe | None = None,
    *,
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
    try:
        return surveyed_plan(model, check_samples(samples), known, None if recipe is None else recipe.traits)[1]
    except Unconvertible as error:
        return error.obstacles
