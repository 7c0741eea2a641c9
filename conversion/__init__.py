"""A CNN in, a spiking network out, with a report of every layer."""

from conversion.baseline import Baseline, baseline
from conversion.convert import convert, rewritten
from conversion.diagnosis import Diagnosis, diagnose
from conversion.errors import Unconvertible
from conversion.integer.pair import ExactPair, exact
from conversion.integer.spiking import spiking
from conversion.integer.verify import Equality, settled, verify
from conversion.phases import two_phase
from conversion.recipes import (
    Advanced,
    Cos,
    Exact,
    FewSpike,
    Latency,
    Light,
    Phase,
    Quantized,
    Rate,
    Recipe,
    SpikeSelect,
    Srp,
    Ttfs,
)
from conversion.surrogate import FineTune, fine_tune
from conversion.time_tuning import TimesTuning, tune_times
from conversion.times import TimesCheck, check_times

__all__ = [
    "Advanced",
    "Baseline",
    "Cos",
    "Diagnosis",
    "Equality",
    "Exact",
    "ExactPair",
    "FewSpike",
    "FineTune",
    "Latency",
    "Light",
    "Phase",
    "Quantized",
    "Rate",
    "Recipe",
    "SpikeSelect",
    "Srp",
    "TimesCheck",
    "TimesTuning",
    "Ttfs",
    "Unconvertible",
    "baseline",
    "check_times",
    "convert",
    "diagnose",
    "exact",
    "fine_tune",
    "rewritten",
    "settled",
    "spiking",
    "tune_times",
    "two_phase",
    "verify",
]
