"""Recipes: how `convert` turns activations into spikes. Frozen records, checked when they are made."""

from conversion.recipes.quantized import Exact, Quantized
from conversion.recipes.rate import Rate
from conversion.recipes.time import Ttfs

__all__ = ["Exact", "Quantized", "Rate", "Recipe", "Ttfs"]

Recipe = Rate | Ttfs | Quantized | Exact
