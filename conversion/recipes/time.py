"""The recipes for times of single spikes: exact ones, and the older lossy ones."""

from dataclasses import dataclass
from sys import float_info
from typing import Literal

from spikewright import InvalidInput
from spikewright.conversion.checks import check_choice, check_percentile
from spikewright.snn.checked import check_levels, check_steps, is_between, plain

Ranges = Literal["data", "least-squares", "interval"]


@dataclass(frozen=True)
class Ttfs:
    """Time to first spike: one spike at most, and its time is the activation (Stanojevic et al., arXiv 2212.12522).

    Values between 0 and a layer's window R are exact; larger ones are clipped at R, and `conversion.check_times` lists them.
    `ranges="data"`: R is the percentile of the layer's activations on the samples times 1 + margin.
    `ranges="least-squares"`: R is the window whose grid of `levels` has the smallest mean squared error on the samples;
    `percentile` and `margin` play no part. `ranges="interval"`: R bounds the layer for every input in [0, 1] (interval
    arithmetic), so nothing is ever clipped. `levels`: grid of spike times in each window, 2**b - 1 for b bits, and
    `input_levels` that of the input; None for continuous time. A `QuantReLU` keeps its alpha and levels, a ReLU6 clips
    at 6 in any case. Raises InvalidInput for values out of range.
    """

    ranges: Ranges = "data"
    percentile: float = 100.0
    margin: float = 0.1
    levels: int | None = None
    input_levels: int | None = None

    def __post_init__(self) -> None:
        plain(self)
        check_levels(self.input_levels)
        check_choice("ranges", self.ranges, ("data", "least-squares", "interval"))
        check_percentile(self.percentile)
        check_levels(self.levels)
        if not is_between(self.margin, 0.0, float_info.max):
            raise InvalidInput(f"expected a margin >= 0, got {self.margin!r}; try margin=0.1")
        if self.ranges == "least-squares" and self.levels is None:
            raise InvalidInput("expected levels for windows by least squares, got continuous time; try levels=255")


@dataclass(frozen=True)
class Latency:
    """The older time code, which loses (Rueckauer and Liu 2018): a = 1 / t, every spike switches on a constant current.

    A neuron fires once, when its potential, a sum of ramps w (t - t_j), crosses `unit` times its largest activation a: a
    layer that is driven by the image fires at t = unit a / x, exactly but for the whole step. Deeper layers lose: their
    ramps start late, those of faint inputs too late to count, and biases flow from the first step on. Whoever fires first
    is the answer. `percentile`: a is this percentile of a layer's positive activations. `input_levels`: the grid of the
    input, None for real values. Raises InvalidInput for values out of range.
    """

    steps: int
    unit: int = 16
    percentile: float = 99.9
    per_channel: bool | None = None
    input_levels: int | None = None

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        check_percentile(self.percentile)
        check_levels(self.input_levels)
        if isinstance(self.unit, bool) or not isinstance(self.unit, int) or not 1 <= self.unit <= self.steps:
            raise InvalidInput(f"expected a unit from 1 to {self.steps} steps, got {self.unit!r}; try unit=16")
