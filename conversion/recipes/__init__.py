"""Recipes: how `convert` turns activations into spikes. Frozen records, checked when they are made."""

from conversion.recipes.quantized import Exact, Quantized
from conversion.recipes.rate import Rate
from conversion.recipes.spikes import Bursts, FewSpike, Phase, SpikeSelect
from conversion.recipes.time import Latency, Ttfs

__all__ = ["Bursts", "Exact", "FewSpike", "Latency", "Phase", "Quantized", "Rate", "Recipe", "SpikeSelect", "Ttfs"]

Recipe = Rate | Ttfs | Quantized | Exact | Latency | Bursts | Phase | SpikeSelect | FewSpike
