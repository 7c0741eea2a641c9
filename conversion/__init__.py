"""A CNN in, a spiking network out, with a report of every layer."""

from conversion.baseline import Baseline, baseline
from conversion.convert import convert, rewritten
from conversion.diagnosis import Diagnosis, diagnose
from conversion.errors import Unconvertible
from conversion.integer.pair import ExactPair, exact
from conversion.integer.spiking import spiking
from conversion.integer.verify import Equality, settled, verify
from conversion.recipes import Bursts, Exact, FewSpike, Latency, Phase, Quantized, Rate, Recipe, SpikeSelect, Ttfs
from conversion.times import TimesCheck, check_times

__all__ = [
    "Baseline",
    "Bursts",
    "Diagnosis",
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
    "baseline",
    "check_times",
    "convert",
    "diagnose",
    "exact",
    "rewritten",
    "settled",
    "spiking",
    "verify",
]
