"""A CNN in, a spiking network out, with a report of every layer."""

from conversion.compare import compare
from conversion.convert import convert, rewritten
from conversion.errors import Unconvertible
from conversion.integer.pair import ExactPair, exact
from conversion.integer.spiking import spiking
from conversion.integer.verify import Equality, settled, verify
from conversion.recipes import Bursts, Exact, FewSpike, Latency, Phase, Quantized, Rate, Recipe, SpikeSelect, Ttfs
from conversion.times import TimesCheck, check_times

__all__ = [
    "Bursts",
    "Equality",
    "Exact",
    "ExactPair",
    "FewSpike",
    "Latency",
    "Phase",
    "Quantized",
    "Rate",
    "Recipe",
    "SpikeSelect",
    "TimesCheck",
    "Ttfs",
    "Unconvertible",
    "check_times",
    "compare",
    "convert",
    "exact",
    "rewritten",
    "settled",
    "spiking",
    "verify",
]
