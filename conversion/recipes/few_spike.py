"""`FewSpike`: a few spikes of different weight stand for an activation, layer by layer."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.conversion.errors import Obstacle
from spikewright.conversion.ranges import sent_by
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.recipes.activation_samples import sampled_activations
from spikewright.conversion.recipes.coding import (
    Coding,
    NeuronChoice,
    check_unit_range,
    input_amplitude,
    note,
    number,
)
from spikewright.conversion.recipes.few_spike_fit import FewSpikeFactors, binary, fitted
from spikewright.conversion.recipes.full_scales import FullScale, scales
from spikewright.conversion.recipes.recipe import FewSteps, Grid, Percentile, Recipe
from spikewright.conversion.recipes.refusals import maxima
from spikewright.snn import Direct, FewSpikeIF
from spikewright.snn.running import Run
from spikewright.tables import Within


@dataclass(frozen=True)
class FewSpike(Recipe):
    """At most `steps` spikes of different weight, layer by layer (Stoeckl and Maass 2021); see `snn.FewSpikeIF`.

    The latency is steps * depth.

    steps: of each layer.
    fit: "binary": thresholds, resets and amplitudes 2**(steps - 1 - k) units. A layer sends the binary digits of
        clip(floor(x / unit + 1/2), 0, 2**steps - 1), unit = a / (2**steps - 1): within half a unit of a ReLU clipped at a, the
        percentile of its positive activations; a `QuantReLU` of 2**steps - 1 levels is exact. "learned": thresholds, resets
        and amplitudes are fitted to the activations of each layer on the samples, by seeded search with amplitudes by least
        squares; they start from the binary ones and are kept only where they are better.
    percentile: of a layer's positive activations, which counts as its largest.
    per_channel: one largest activation for each channel, for each layer, or as the weights that read it allow (none).
    input_levels: the grid of the input, none for real values.
    seed: of the search.
    """

    steps: FewSteps = 8
    fit: Literal["binary", "learned"] = "binary"
    percentile: Percentile = 100.0
    per_channel: bool | None = None
    input_levels: Grid | None = None
    seed: Annotated[int, Within(0)] = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fit == "learned" and self.per_channel:
            raise InvalidInput("expected per_channel=None with fit='learned', which fits whole layers, got True")

    def obstacles(self, plan: Plan) -> tuple[Obstacle, ...]:
        """Maxima of windows."""
        return maxima(plan, "the largest of numbers that several spikes tell is not known spike by spike", self)

    def prepared(self, plan: Plan) -> Plan:
        """The output adds up: values sent in time cannot be counted."""
        return plan.integrated()

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """A FewSpikeIF for every unit."""
        if self.input_levels is not None:
            check_unit_range(images)
        learned = self.fit == "learned"
        found = scales(plan, images, self.percentile, False if learned else self.per_channel)
        free = {unit.name: unit.node for unit in plan.hidden if found[unit.name].levels is None}
        values = sampled_activations(plan.view, images, free.values(), sent_by(plan.hidden)) if learned else {}
        choices = {}
        for place, unit in enumerate(plan.hidden):
            seen = values.get(free.get(unit.name, ""))
            choices[unit.name] = self._choice(unit.name, found[unit.name], seen, self.seed + place)
        how = "amplitudes fitted to the samples" if learned else "binary digits"
        text = (
            f"{self.steps} steps a layer, layer by layer, at most {self.steps} spikes a neuron, {how}; image as current"
        )
        code, run = Direct(self.steps, self.input_levels, window=1), Run("each of them has its own weight")
        amplitude = input_amplitude(self.input_levels)
        return Coding(code, choices, amplitude, 1.0, (note("FewSpike", text),), "layerwise", run=run)

    def _choice(self, name: str, scale: FullScale, values: Floats | None, seed: int) -> NeuronChoice:
        if values is None:
            return self._binary(name, scale)
        top = float(scale.top)
        # As many potentials below zero, which must stay silent.
        seen = np.concatenate([values, -values])
        factors = fitted(lambda x: np.maximum(x, 0.0), seen, binary(top, self.steps), seed)
        unit = np.asarray(factors.unit)
        detail = f"FewSpike population {name!r}, {self.steps} steps, fitted up to {scale.told}"
        return NeuronChoice(_neuron(unit, factors), unit, detail)

    def _binary(self, name: str, scale: FullScale) -> NeuronChoice:
        whole = 2**self.steps - 1
        unit, how = scale.top / whole, f"binary, {whole} units are {scale.told}"
        if scale.levels not in (None, whole):
            how += f", whose {scale.levels} levels become {whole}"
        detail = f"FewSpike population {name!r}, {self.steps} steps, {how}"
        return NeuronChoice(_neuron(unit, binary(1.0, self.steps)), unit, detail, number(unit / 2))


def _neuron(unit: Floats, factors: FewSpikeFactors) -> FewSpikeIF:
    return FewSpikeIF(number(unit), factors.thresholds, factors.resets, factors.amplitudes)
