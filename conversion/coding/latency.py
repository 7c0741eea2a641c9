"""`Latency`: the inverse of the time of a single spike stands for an activation; the lossy ramp."""

from dataclasses import replace
from math import prod

import torch

from spikewright.conversion.reading.activations import RELU
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes import Latency
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, check_unit_range, input_amplitude, note, number
from spikewright.conversion.recipes.full_scales import scales
from spikewright.conversion.recipes.refusals import refuse_signed
from spikewright.snn import Direct, LatchedIF, ReportRow


def latency(plan: Plan, images: torch.Tensor, recipe: Latency) -> Coding:
    refuse_signed(plan, "a time")
    if recipe.input_levels is not None:
        check_unit_range(images)
    cells = {}
    for name, scale in scales(plan, images, recipe.percentile, recipe.per_channel).items():
        detail = f"LatchedIF population {name!r}, fires at step {recipe.unit} for {scale.told}; later spikes count too little"
        cells[name] = NeuronChoice(LatchedIF(number(scale.top * recipe.unit)), scale.top, detail)
    text = (
        f"{recipe.steps} steps, one spike at most, an activation is the inverse of its time: lossy; first spike answers"
    )
    code = Direct(recipe.steps, recipe.input_levels)
    output = plan.output
    answer = f"population {output.name!r} fires once: whoever is first is the answer"
    told = (ReportRow("output", "LatchedIF", "rewritten", answer, neurons=prod(output.shape)), note("Latency", text))
    return Coding(code, cells, input_amplitude(recipe.input_levels), 1.0, told, readout="first")


def with_firing_output(plan: Plan) -> Plan:
    """The plan with an output that fires instead of adding up: whoever is first is the answer."""
    last = plan.output
    return (
        replace(plan, units=(*plan.units[:-1], replace(last, activation=RELU, answers=False))) if last.answers else plan
    )
