"""The recipe for times of single spikes."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from conversion.recipes.choices import check_choice, check_percentile
from snn.codes import check_levels
from spikewright import InvalidInput

Ranges = Literal["data", "interval"]


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
        check_choice("ranges", self.ranges, ("data", "interval"))
        check_percentile(self.percentile)
        check_levels(self.levels)
        if not (isfinite(self.margin) and self.margin >= 0):
            raise InvalidInput(f"expected a margin >= 0, got {self.margin}; try margin=0.1")
