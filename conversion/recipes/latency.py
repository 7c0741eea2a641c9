"""`Latency`: the inverse of the time of a single spike stands for an activation; the lossy ramp."""

from dataclasses import dataclass, replace
from math import prod

import torch

from spikewright import InvalidInput
from spikewright.conversion.reading.activations import RELU
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.recipes.coding import (
    Coding,
    NeuronChoice,
    check_unit_range,
    input_amplitude,
    note,
    number,
)
from spikewright.conversion.recipes.full_scales import scales
from spikewright.conversion.recipes.recipe import Grid, Percentile, Recipe, Steps
from spikewright.snn import Direct, LatchedIF, ReportRow


@dataclass(frozen=True)
class Latency(Recipe):
    """The older time code, which loses (Rueckauer and Liu 2018): a = 1 / t, every spike switches on a constant current.

    A neuron fires once, when its potential, a sum of ramps w (t - t_j), crosses `unit` times its largest activation a: a
    layer that is driven by the image fires at t = unit a / x, exactly but for the whole step. Deeper layers lose: their
    ramps start late, those of faint inputs too late to count, and biases flow from the first step on. Whoever fires first
    is the answer. Raises InvalidInput for values out of range.

    steps: length of the run.
    unit: the step in which the largest activation fires, `steps` at most.
    percentile: of a layer's positive activations, which counts as its largest.
    per_channel: one largest activation for each channel, for each layer, or as the weights that read it allow (none).
    input_levels: the grid of the input, none for real values.
    """

    steps: Steps = 64
    unit: Steps = 16
    percentile: Percentile = 99.9
    per_channel: bool | None = None
    input_levels: Grid | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.unit > self.steps:
            raise InvalidInput(f"expected a unit from 1 to {self.steps} steps, got {self.unit!r}; try unit=16")

    def prepared(self, plan: Plan) -> Plan:
        """The output fires instead of adding up: whoever is first is the answer."""
        plan = plan if plan.output.activation.lowest == 0.0 else plan.integrated()
        last = plan.output
        firing = replace(last, activation=RELU, adds_up=False)
        return replace(plan, units=(*plan.units[:-1], firing)) if last.adds_up else plan

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """A LatchedIF for every unit."""
        if self.input_levels is not None:
            check_unit_range(images)
        choices = {}
        for name, scale in scales(plan, images, self.percentile, self.per_channel).items():
            detail = f"LatchedIF population {name!r}, fires at step {self.unit} for {scale.told}; later spikes count too little"
            choices[name] = NeuronChoice(LatchedIF(number(scale.top * self.unit)), scale.top, detail)
        told = f"{self.steps} steps, one spike at most, an activation is the inverse of its time: lossy; first spike answers"
        output = plan.output
        answer = f"population {output.name!r} fires once: whoever is first is the answer"
        rows = (
            ReportRow("output", "LatchedIF", "rewritten", answer, neurons=prod(output.shape)),
            note("Latency", told),
        )
        code = Direct(self.steps, self.input_levels)
        return Coding(code, choices, input_amplitude(self.input_levels), 1.0, rows, readout="first")
