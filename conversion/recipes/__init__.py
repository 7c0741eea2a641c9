"""Recipes: how `convert` turns activations into spikes. Frozen records, checked when they are made."""

from conversion.recipes.calibration import Advanced, Cos, Light, Srp
from conversion.recipes.quantized import Exact, Quantized
from conversion.recipes.rate import Rate
from conversion.recipes.spikes import FewSpike, Phase, SpikeSelect
from conversion.recipes.time import Latency, Ttfs

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
