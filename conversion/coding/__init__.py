"""From recipe to numbers: what a spike of each population stands for, and which neuron makes it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch

from spikewright import InvalidInput
from spikewright.conversion.coding.few import few_spike
from spikewright.conversion.coding.latency import latency, with_firing_output
from spikewright.conversion.coding.quantized import quantized
from spikewright.conversion.coding.rate import rate
from spikewright.conversion.coding.spikes import phase, spike_select
from spikewright.conversion.coding.ttfs import ttfs
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes import Exact, FewSpike, Latency, Phase, Quantized, Rate, Recipe, SpikeSelect, Ttfs
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, answer_cell, with_gates

__all__ = ["Coding", "NeuronChoice", "answer_cell", "coding_of", "with_output"]

_MAKERS: Mapping[type, Callable[[Plan, torch.Tensor, Any], Coding]] = {
    Rate: rate,
    Ttfs: ttfs,
    Quantized: quantized,
    Exact: quantized,
    Latency: latency,
    Phase: phase,
    SpikeSelect: spike_select,
    FewSpike: few_spike,
}


def with_output(plan: Plan, recipe: Recipe) -> Plan:
    """The plan with the output that `recipe` needs: values sent in time cannot be counted, first spikes must be fired."""
    if isinstance(recipe, Latency):
        return with_firing_output(plan)
    return plan.integrated() if isinstance(recipe, Ttfs | FewSpike) else plan


def coding_of(plan: Plan, images: torch.Tensor, recipe: Recipe) -> Coding:
    """The coding of `recipe` for this plan. Raises InvalidInput, or Unconvertible when the recipe asks for more."""
    maker = _MAKERS.get(type(recipe))
    if maker is None:
        known = ", ".join(kind.__name__ for kind in _MAKERS)
        raise InvalidInput(f"expected a recipe out of {known}, got {recipe!r}; try Rate(steps=7)")
    coding = maker(plan, images, recipe)
    return replace(coding, cells=with_gates(plan, coding.cells))
