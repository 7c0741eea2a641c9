"""`Phase`: spikes that count more in some steps than in others, the binary digits of an activation."""

from dataclasses import dataclass
from typing import Literal

import torch

from spikewright.conversion.errors import Obstacle
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
from spikewright.conversion.recipes.recipe import FewSteps, Percentile, Recipe, Steps
from spikewright.conversion.recipes.refusals import maxima
from spikewright.snn import IF, PhaseCode


@dataclass(frozen=True)
class Phase(Recipe):
    """Weighted spikes (Kim et al. 2018): in phase k of a period a spike counts 2**(period - 1 - k); several `periods`.

    The image is sent as its binary digits, again in each period. A neuron with all digits set sends a in a period, a the
    percentile of its positive activations. A digit leaves in the period after its charge came, so that the first period of
    a deep network tells little: the error falls with the number of periods.

    period: steps of a period, the digits of an activation.
    periods: how often the image is sent.
    percentile: of a layer's positive activations, which counts as its largest.
    per_channel: one largest activation for each channel, for each layer, or as the weights that read it allow (none).
    initial: potential before the first step, "half" of the threshold or "zero".
    """

    period: FewSteps = 8
    periods: Steps = 4
    percentile: Percentile = 99.9
    per_channel: bool | None = None
    initial: Literal["half", "zero"] = "half"

    def __post_init__(self) -> None:
        super().__post_init__()
        PhaseCode(self.period, self.periods)

    def obstacles(self, plan: Plan) -> tuple[Obstacle, ...]:
        """Maxima of windows."""
        return maxima(plan, "the maximum of weighted spikes is not known before their period is over", self)

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """An IF for every unit, whose spikes carry digits."""
        check_unit_range(images)
        whole = 2**self.period - 1
        choices = {}
        for name, scale in scales(plan, images, self.percentile, self.per_channel).items():
            threshold = scale.top / whole
            detail = f"IF population {name!r}, threshold by phase, all digits of a period are {scale.told}"
            initial = initial_potential(threshold, self.initial)
            choices[name] = NeuronChoice(IF(number(threshold)), threshold, detail, initial)
        text = (
            f"{self.periods} periods of {self.period} steps, spikes weighted by powers of two; image as binary digits"
        )
        # Every bias entered once in each period.
        scale_out = output_amplitude(plan, choices) / self.periods
        code = PhaseCode(self.period, self.periods)
        return Coding(code, choices, 1.0 / whole, scale_out, (note("Phase", text),))
