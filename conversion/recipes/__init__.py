"""Recipes: how `convert` turns activations into spikes. One file each: the record, checked when it is made, and its coding.

A new one is its file and its line in `RECIPES`; your own stands in a module of yours and needs neither (see `Recipe`).
"""

from spikewright import InvalidInput
from spikewright.conversion.calibration.settings import Advanced, Cos, Light, Srp
from spikewright.conversion.recipes.coding import Coding, NeuronChoice
from spikewright.conversion.recipes.exact import Exact
from spikewright.conversion.recipes.few_spike import FewSpike
from spikewright.conversion.recipes.latency import Latency
from spikewright.conversion.recipes.phase import Phase
from spikewright.conversion.recipes.quantized import Quantized
from spikewright.conversion.recipes.rate import Rate
from spikewright.conversion.recipes.recipe import Recipe
from spikewright.conversion.recipes.spike_select import SpikeSelect
from spikewright.conversion.recipes.ttfs import Ttfs
from spikewright.tables import Family

__all__ = [
    "RECIPES",
    "Advanced",
    "Coding",
    "Cos",
    "Exact",
    "FewSpike",
    "Latency",
    "Light",
    "NeuronChoice",
    "Phase",
    "Quantized",
    "Rate",
    "Recipe",
    "SpikeSelect",
    "Srp",
    "Ttfs",
    "check_recipe",
]

RECIPES: Family[type[Recipe]] = Family(
    "recipe",
    Recipe,
    {
        "rate": "spikewright.conversion.recipes.rate:Rate",
        "ttfs": "spikewright.conversion.recipes.ttfs:Ttfs",
        "quantized": "spikewright.conversion.recipes.quantized:Quantized",
        "exact": "spikewright.conversion.recipes.exact:Exact",
        "phase": "spikewright.conversion.recipes.phase:Phase",
        "few-spike": "spikewright.conversion.recipes.few_spike:FewSpike",
        "spike-select": "spikewright.conversion.recipes.spike_select:SpikeSelect",
        "latency": "spikewright.conversion.recipes.latency:Latency",
    },
)


def check_recipe(recipe: object) -> None:
    """Raise InvalidInput for anything that is no recipe."""
    if not isinstance(recipe, Recipe):
        known = ", ".join(kind.__name__ for kind in RECIPES.values())
        raise InvalidInput(f"expected a recipe out of {known}, got {recipe!r:.60}; try Rate(steps=7)")
