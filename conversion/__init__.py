"""A CNN in, a spiking network out, with a report of every layer."""

from conversion.compare import compare
from conversion.convert import convert, rewritten
from conversion.errors import Unconvertible
from conversion.recipes import Quantized, Rate, Recipe, Ttfs

__all__ = ["Quantized", "Rate", "Recipe", "Ttfs", "Unconvertible", "compare", "convert", "rewritten"]
