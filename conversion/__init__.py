"""A CNN in, a spiking network out, with a report of every layer."""

from conversion.compare import compare
from conversion.convert import convert, rewritten
from conversion.errors import Unconvertible
from conversion.integer.pair import ExactPair, exact
from conversion.integer.spiking import spiking
from conversion.integer.verify import Equality, settled, verify
from conversion.recipes import Exact, Quantized, Rate, Recipe, Ttfs

__all__ = [
    "Equality",
    "Exact",
    "ExactPair",
    "Quantized",
    "Rate",
    "Recipe",
    "Ttfs",
    "Unconvertible",
    "compare",
    "convert",
    "exact",
    "rewritten",
    "settled",
    "spiking",
    "verify",
]
