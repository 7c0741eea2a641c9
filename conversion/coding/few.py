"""`FewSpike`: a few spikes of different weight stand for an activation, layer by layer."""

import numpy as np
import torch

from spikewright.conversion.reading.values import Floats
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes import FewSpike
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, check_unit_range, input_amplitude, note, number
from spikewright.conversion.recipes.few_spike_fit import Factors, binary, fitted
from spikewright.conversion.recipes.full_scales import FullScale, scales
from spikewright.conversion.recipes.refusals import refuse_maxima, refuse_signed
from spikewright.conversion.recipes.samples import activations
from spikewright.snn import Direct, FewSpikeIF
from spikewright.snn.running import Run


def few_spike(plan: Plan, images: torch.Tensor, recipe: FewSpike) -> Coding:
    refuse_signed(plan, "a digit")
    refuse_maxima(plan, "the largest of numbers that several spikes tell is not known spike by spike")
    if recipe.input_levels is not None:
        check_unit_range(images)
    learned = recipe.fit == "learned"
    found = scales(plan, images, recipe.percentile, False if learned else recipe.per_channel)
    free = {unit.name: unit.node for unit in plan.hidden if found[unit.name].levels is None}
    values = activations(plan.view, images, free.values()) if learned else {}
    cells = {}
    for number_of_unit, unit in enumerate(plan.hidden):
        seen = values.get(free.get(unit.name, ""))
        cells[unit.name] = _cell(unit.name, found[unit.name], recipe, seen, recipe.seed + number_of_unit)
    how = "amplitudes fitted to the samples" if learned else "binary digits"
    text = (
        f"{recipe.steps} steps a layer, layer by layer, at most {recipe.steps} spikes a neuron, {how}; image as current"
    )
    code = Direct(recipe.steps, recipe.input_levels, window=1)
    told = (note("FewSpike", text),)
    run = Run("each of them has its own weight")
    return Coding(code, cells, input_amplitude(recipe.input_levels), 1.0, told, "layerwise", run=run)


def _cell(name: str, scale: FullScale, recipe: FewSpike, values: Floats | None, seed: int) -> NeuronChoice:
    whole = 2**recipe.steps - 1
    if values is None:
        unit = scale.top / whole
        factors, how = binary(1.0, recipe.steps), f"binary, {whole} units are {scale.told}"
        initial = number(unit / 2)
        if scale.levels not in (None, whole):
            how += f", whose {scale.levels} levels become {whole}"
    else:
        top = float(scale.top)
        # As many potentials below zero, which must stay silent.
        seen = np.concatenate([values, -values])
        factors = fitted(lambda x: np.maximum(x, 0.0), seen, binary(top, recipe.steps), seed)
        unit, initial, how = np.asarray(factors.unit), 0.0, f"fitted up to {scale.told}"
    neuron = _neuron(unit, factors)
    return NeuronChoice(neuron, unit, f"FewSpike population {name!r}, {recipe.steps} steps, {how}", initial)


def _neuron(unit: Floats, factors: Factors) -> FewSpikeIF:
    return FewSpikeIF(number(unit), factors.thresholds, factors.resets, factors.amplitudes)
