"""A CNN in, a spiking network out, with a report of every layer."""

from spikewright.aliases import same_module
from spikewright.conversion.calibration.two_phases import two_phase
from spikewright.conversion.converting import convert, rewritten
from spikewright.conversion.diagnosis import Diagnosis, diagnose
from spikewright.conversion.diagnosis.baseline_record import Baseline
from spikewright.conversion.diagnosis.equal_information import baseline
from spikewright.conversion.diagnosis.times import TimesCheck, check_times
from spikewright.conversion.errors import Obstacle, Unconvertible
from spikewright.conversion.integers.comparison import Equality, settled, verify
from spikewright.conversion.integers.pair import ExactPair, exact
from spikewright.conversion.integers.twins import spiking
from spikewright.conversion.recipes import (
    RECIPES,
    Advanced,
    Coding,
    Cos,
    Exact,
    FewSpike,
    Latency,
    Light,
    NeuronChoice,
    Phase,
    Quantized,
    Rate,
    Recipe,
    SpikeSelect,
    Srp,
    Ttfs,
)
from spikewright.conversion.surveying import obstacles
from spikewright.conversion.tuning.times import TimesTuning, tune_times
from spikewright.conversion.tuning.weights import FineTune, fine_tune

__all__ = [
    "RECIPES",
    "Advanced",
    "Baseline",
    "Coding",
    "Cos",
    "Diagnosis",
    "Equality",
    "Exact",
    "ExactPair",
    "FewSpike",
    "FineTune",
    "Latency",
    "Light",
    "NeuronChoice",
    "Obstacle",
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
    "obstacles",
    "rewritten",
    "settled",
    "spiking",
    "tune_times",
    "two_phase",
    "verify",
]

same_module(__name__)
