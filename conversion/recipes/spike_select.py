"""`SpikeSelect`: counts with a limit, so that deep layers send few spikes."""

from dataclasses import dataclass
from typing import Literal

import torch

from spikewright import InvalidInput
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.recipes.coding import (
    Coding,
    NeuronChoice,
    check_unit_range,
    initial_potential,
    note,
    number,
    output_amplitude,
)
from spikewright.conversion.recipes.full_scales import scales
from spikewright.conversion.recipes.recipe import Percentile, Recipe, Steps
from spikewright.snn import IF, SpikeSelectCode
from spikewright.snn.running import Run


@dataclass(frozen=True)
class SpikeSelect(Recipe):
    """Rate-coded image, few spikes of a hidden neuron (our reading of LEAT's Spike Select, see `snn.SpikeSelectCode`).

    A spike takes steps / limit of the largest activation's charge, so that this activation sends `limit` spikes in `steps`
    steps and deep layers send few; spikes beyond the limit are held back. Values have limit + 1 levels.

    steps: length of the run.
    limit: the most spikes of a hidden neuron, `steps` at most.
    percentile: of a layer's positive activations, which counts as its largest.
    per_channel: one largest activation for each channel, for each layer, or as the weights that read it allow (none).
    initial: potential before the first step, "half" of the threshold or "zero".
    """

    steps: Steps = 16
    limit: Steps = 4
    percentile: Percentile = 99.9
    per_channel: bool | None = None
    initial: Literal["half", "zero"] = "half"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.limit > self.steps:
            raise InvalidInput(f"expected a limit from 1 to {self.steps} spikes, one a step, got {self.limit!r}")

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """An IF for every unit, whose spikes stand for more than one step of charge."""
        check_unit_range(images)
        choices = {}
        for name, scale in scales(plan, images, self.percentile, self.per_channel).items():
            threshold = scale.top * (self.steps / self.limit)
            detail = f"IF population {name!r}, {self.limit} spikes in {self.steps} steps are {scale.told}"
            initial = initial_potential(threshold, self.initial)
            choices[name] = NeuronChoice(IF(number(threshold)), threshold, detail, initial)
        text = f"{self.steps} steps, image as rate, at most {self.limit} spikes of a hidden neuron"
        code = SpikeSelectCode(self.steps, self.limit)
        run = Run("a spike stands for the share of them that its limit allows")
        scale_out = output_amplitude(plan, choices) / self.steps
        return Coding(code, choices, 1.0, scale_out, (note("SpikeSelect", text),), run=run)
