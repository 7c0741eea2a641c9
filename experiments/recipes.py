"""Recipes of conversion by name, from plain values: what a study file and the command line say."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput

if TYPE_CHECKING:
    from spikewright.conversion import Recipe

CLASSES = {
    "rate": "Rate",
    "ttfs": "Ttfs",
    "quantized": "Quantized",
    "exact": "Exact",
    "phase": "Phase",
    "few-spike": "FewSpike",
    "spike-select": "SpikeSelect",
    "latency": "Latency",
}
"""The name of each recipe, and its class in `conversion`."""
STEPS = {"rate": 7, "spike-select": 16, "latency": 64}
"""Steps of the recipes that have no default of their own."""


def recipe_class(name: str) -> type[Any]:
    """The class of a recipe. Raises InvalidInput for an unknown name."""
    from spikewright import conversion

    if name not in CLASSES:
        raise InvalidInput(f"expected a recipe out of {', '.join(CLASSES)}, got {name!r}")
    found: type[Any] = getattr(conversion, CLASSES[name])
    return found


def options_of(name: str) -> tuple[str, ...]:
    """The options that a recipe takes."""
    return tuple(field.name for field in fields(recipe_class(name)))


def make_recipe(name: str, given: Mapping[str, Any]) -> "Recipe":
    """The recipe `name` with the options `given`.

    Raises InvalidInput for an option that the recipe does not take, and for values out of range.
    """
    known, options = options_of(name), dict(given)
    unknown = [option for option in options if option not in known]
    if unknown:
        raise InvalidInput(f"expected options of the recipe {name!r} ({', '.join(known)}), got {', '.join(unknown)}")
    if name in STEPS and "steps" not in options:
        options["steps"] = STEPS[name]
    made: Recipe = recipe_class(name)(**options)
    return made
