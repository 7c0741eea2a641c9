"""Recipes: how `convert` turns activations into spikes. Frozen records, checked when they are made."""

from spikewright.conversion.calibration.settings import Advanced, Cos, Light, Srp
from spikewright.conversion.recipes.quantized import Exact, Quantized
from spikewright.conversion.recipes.rate import Rate
from spikewright.conversion.recipes.spikes import FewSpike, Phase, SpikeSelect
from spikewright.conversion.recipes.time import Latency, Ttfs

__all__ = [
    "Advanced",
    "Cos",
    "Exact",
    "FewSpike",
    "Latency",
    "Light",
    "Phase",
    "Quantized",
    "Rate",
    "Recipe",
    "SpikeSelect",
    "Srp",
    "Ttfs",
]

Recipe = Rate | Ttfs | Quantized | Exact | Latency | Phase | SpikeSelect | FewSpike
