"""`Phase` and `SpikeSelect`: spikes in steps that count more than one, or are limited."""

import numpy as np
import torch

from spikewright.conversion.reading.values import Floats
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes import Phase, SpikeSelect
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, check_unit_range, note, number
from spikewright.conversion.recipes.full_scales import scales
from spikewright.conversion.recipes.refusals import refuse_maxima, refuse_signed
from spikewright.snn import IF, PhaseCode, SpikeSelectCode
from spikewright.snn.neurons import PerChannel
from spikewright.snn.running import Run


def phase(plan: Plan, images: torch.Tensor, recipe: Phase) -> Coding:
    check_unit_range(images)
    refuse_signed(plan, "a digit")
    refuse_maxima(plan, "the maximum of weighted spikes is not known before their period is over")
    whole = 2**recipe.period - 1
    cells = {}
    for name, scale in scales(plan, images, recipe.percentile, recipe.per_channel).items():
        threshold = scale.top / whole
        detail = f"IF population {name!r}, threshold by phase, all digits of a period are {scale.told}"
        cells[name] = NeuronChoice(IF(number(threshold)), threshold, detail, _initial(threshold, recipe.initial))
    text = (
        f"{recipe.periods} periods of {recipe.period} steps, spikes weighted by powers of two; image as binary digits"
    )
    code = PhaseCode(recipe.period, recipe.periods)
    return Coding(code, cells, 1.0 / whole, _logit_scale(plan, cells, recipe.periods), (note("Phase", text),))


def spike_select(plan: Plan, images: torch.Tensor, recipe: SpikeSelect) -> Coding:
    check_unit_range(images)
    refuse_signed(plan, "a spike of SpikeSelect")
    cells = {}
    for name, scale in scales(plan, images, recipe.percentile, recipe.per_channel).items():
        threshold = scale.top * (recipe.steps / recipe.limit)
        detail = f"IF population {name!r}, {recipe.limit} spikes in {recipe.steps} steps are {scale.told}"
        cells[name] = NeuronChoice(IF(number(threshold)), threshold, detail, _initial(threshold, recipe.initial))
    text = f"{recipe.steps} steps, image as rate, at most {recipe.limit} spikes of a hidden neuron"
    code = SpikeSelectCode(recipe.steps, recipe.limit)
    run = Run("a spike stands for the share of them that its limit allows")
    return Coding(code, cells, 1.0, _logit_scale(plan, cells, recipe.steps), (note("SpikeSelect", text),), run=run)


def _initial(threshold: Floats, initial: str) -> PerChannel:
    """Half a threshold rounds to the nearest count."""
    return number(threshold / 2 if initial == "half" else np.zeros(()))


def _logit_scale(plan: Plan, cells: dict[str, NeuronChoice], charges: int) -> float:
    """From the sums of a run, into which every bias entered `charges` times, to the model's units."""
    return (1.0 if plan.output.answers else float(cells[plan.output.name].amplitude)) / charges
