"""Recipes: how `convert` turns activations into spikes. Frozen records, checked when they are made."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from snn.codes import check_levels, check_steps
from spikewright import InvalidInput

Initial = Literal["half", "zero"]
Ranges = Literal["data", "interval"]


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
        _check_choice("reset", self.reset, ("subtract", "zero"))
        _check_choice("initial", self.initial, ("half", "zero"))
        _check_choice("schedule", self.schedule, ("synchronous", "layerwise"))


@dataclass(frozen=True)
class Ttfs:
    """Time to first spike: one spike at most, and its time is the activation (Stanojevic et al., arXiv 2212.12522).

    Values between 0 and a layer's window R are exact; larger ones are clipped at R. `ranges="data"`: R is the
    percentile of the layer's activations on the samples times 1 + margin. `ranges="interval"`: R bounds the layer for
    every input in [0, 1] (interval arithmetic), so nothing is ever clipped and `percentile` and `margin` play no part.
    `levels`: grid of spike times in each window, None for continuous time; a `QuantReLU` keeps its alpha and levels.
    Raises InvalidInput for values out of range.
    """

    ranges: Ranges = "data"
    percentile: float = 100.0
    margin: float = 0.1
    levels: int | None = None

    def __post_init__(self) -> None:
        _check_choice("ranges", self.ranges, ("data", "interval"))
        check_percentile(self.percentile)
        check_levels(self.levels)
        if not (isfinite(self.margin) and self.margin >= 0):
            raise InvalidInput(f"expected a margin >= 0, got {self.margin}; try margin=0.1")


@dataclass(frozen=True)
class Quantized:
    """The quantised CNN itself as a network of one step: integers 0..levels travel between layers, no spikes.

    Needs a model whose activations are `compress.QuantReLU`. It is the integer CNN that a spiking network is to be
    compared with at equal information. `input_levels`: the grid of the input, None for real values.
    """

    input_levels: int | None = None

    def __post_init__(self) -> None:
        check_levels(self.input_levels)


Recipe = Rate | Ttfs | Quantized


def check_percentile(percentile: float) -> None:
    """Raise InvalidInput unless 0 < percentile <= 100."""
    if not 0.0 < percentile <= 100.0:
        raise InvalidInput(f"expected a percentile above 0 and up to 100, got {percentile}; try percentile=99.9")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidInput(f"expected {name} to be {' or '.join(map(repr, choices))}, got {value!r}")
