"""The recipe for spike counts."""

from dataclasses import dataclass
from typing import Literal

from conversion.recipes.choices import check_choice, check_percentile
from snn.codes import check_levels, check_steps

Initial = Literal["half", "zero"]


@dataclass(frozen=True)
class Rate:
    """Spike counts over `steps` steps approximate ReLU; the image is a constant input current.

    An IF neuron with threshold a and initial potential a/2 answers a constant current x with n spikes,
    n a / steps = a/steps clip(floor(x steps/a + 1/2), 0, steps): a clipped ReLU within a/(2 steps).
    `percentile`: a is this percentile of the positive activations on the samples (Rueckauer et al. 2017); a
    `QuantReLU` keeps its own alpha. `per_channel`: one threshold for each channel (True), for each layer (False), or
    (None) for each channel of a map unless the weights that read it are integers, which then stay integers.
    `initial`: potential before the first step, "half" of the threshold (arXiv 2303.04347) or "zero". `schedule`:
    "layerwise" lets a layer gather its whole window before it fires. `input_levels`: the grid of the input, None for
    real values. Raises InvalidInput for values out of range.
    """

    steps: int
    percentile: float = 99.9
    per_channel: bool | None = None
    reset: Literal["subtract", "zero"] = "subtract"
    initial: Initial = "half"
    input_levels: int | None = None
    schedule: Literal["synchronous", "layerwise"] = "synchronous"

    def __post_init__(self) -> None:
        check_steps(self.steps)
        check_percentile(self.percentile)
        check_levels(self.input_levels)
        check_choice("reset", self.reset, ("subtract", "zero"))
        check_choice("initial", self.initial, ("half", "zero"))
        check_choice("schedule", self.schedule, ("synchronous", "layerwise"))
