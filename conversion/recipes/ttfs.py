"""`Ttfs`: the time of a single spike stands for an activation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.conversion.errors import Obstacle
from spikewright.conversion.intervals import FURTHEST, bounds
from spikewright.conversion.ranges import percentiles, sent_by, thresholds
from spikewright.conversion.reading.plan import INPUT, Below, CodeTraits, Plan, Unit
from spikewright.conversion.recipes.activation_samples import least_squares_window, sampled_activations
from spikewright.conversion.recipes.below import ROUNDING_GUARD, Lows, bounded_below, measured_below, with_lows
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, check_unit_range, note
from spikewright.conversion.recipes.recipe import Grid, Percentile, Recipe
from spikewright.conversion.recipes.refusals import without_activations
from spikewright.snn import Ramp, TtfsCode
from spikewright.tables import Within

_TOLD = {
    "data": "windows from the samples: larger values are clipped",
    "least-squares": "windows of least squared error on the samples: larger values are clipped",
    "interval": "windows bound every input in [0, 1]: nothing is clipped but what a row says",
}


@dataclass(frozen=True)
class Ttfs(Recipe):
    """Time to first spike: one spike at most, and its time is the activation (Stanojevic et al., arXiv 2212.12522).

    Values between 0 and a layer's window R are exact; larger ones are clipped at R, and `conversion.check_times` lists them.
    A layer whose values go below zero, by c at most, sends h + c = relu(h + c), and its readers take c off: exact too. A
    `QuantReLU` keeps its alpha and levels, a ReLU6 clips at 6 in any case. Raises InvalidInput for values out of range.

    ranges: where R and c come from. "data": the percentile of the layer's activations on the samples times 1 + margin.
        "least-squares": the window whose grid of `levels` has the smallest mean squared error on the samples; `percentile` and
        `margin` play no part. "interval": a bound for every input in [0, 1] (interval arithmetic), so nothing is clipped, but
        where the bound below zero lies more than 65,536 times beyond the samples (16 times with `levels`, or where products of
        weights are rounded) and two halves cannot be sent instead, as in front of a max pooling: there it goes that far, which
        the report says.
    percentile: of the activations on the samples.
    margin: how much larger a window is than that.
    levels: grid of spike times in each window, 2**b - 1 for b bits; none for continuous time.
    input_levels: the grid of the input, none for real values.
    """

    ranges: Literal["data", "least-squares", "interval"] = "data"
    percentile: Percentile = 100.0
    margin: Annotated[float, Within(0.0)] = 0.1
    levels: Grid | None = None
    input_levels: Grid | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.ranges == "least-squares" and self.levels is None:
            raise InvalidInput("expected levels for windows by least squares, got continuous time; try levels=255")

    def obstacles(self, plan: Plan) -> tuple[Obstacle, ...]:
        """A model without any activation."""
        told = "no ReLU in the whole model, so nothing has a spike time; try Rate(steps=16) or Quantized()"
        return without_activations(plan, told, self)

    def prepared(self, plan: Plan) -> Plan:
        """The output adds up: values sent in time cannot be counted."""
        return plan.integrated()

    @property
    def traits(self) -> CodeTraits:
        """Times are exact, so a population between two layers costs what it costs, and weights are all that is rounded."""
        return CodeTraits(two_sided=False, dearer=1.0, precise=True)

    def below(self, plan: Plan, images: torch.Tensor) -> Mapping[str, Below]:
        """As far as an input can bring a unit, or as the samples do, in the same way as the windows."""
        if self.ranges == "interval":
            return bounded_below(plan, images, self.levels)
        squares = self.ranges == "least-squares"
        how = Lows(100.0 if squares else self.percentile, 0.0 if squares else self.margin, per_channel=False)
        return measured_below(plan, images, with_lows(plan), how)

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """A Ramp with its window for every unit."""
        check_unit_range(images)
        windows = self._windows(plan, images)
        choices = {unit.name: self._ramp(unit, windows.get(unit.name, 0.0)) for unit in plan.hidden}
        told = note("Ttfs", f"one spike at most; {_TOLD[self.ranges]}")
        return Coding(TtfsCode(self.input_levels), choices, 1.0, 1.0, (told,))

    def _windows(self, plan: Plan, images: torch.Tensor) -> dict[str, float]:
        """The window of every unit that has none of its own."""
        if self.ranges == "interval":
            found = bounds(plan.units, (INPUT, plan.view.input_shape), self.levels, plan.ordered)
            tops = {name: max(float(high.max()), 0.0) for name, (_, high) in found.items()}
            # A layer that no input can wake has bound 0; any window is exact for it.
            return {name: min(top * (1.0 + ROUNDING_GUARD), FURTHEST) or 1.0 for name, top in tops.items()}
        free = {unit.node: 1 for unit in plan.hidden if not unit.activation.grid}
        squares = self.ranges == "least-squares"
        shown = sent_by(plan.hidden)
        measured = percentiles(plan.view, images, free, 100.0 if squares else self.percentile, shown)
        tops = {u.name: float(thresholds(u, measured[u.node])[0]) for u in plan.hidden if u.node in free}
        if not squares or self.levels is None:
            return {name: top * (1.0 + self.margin) for name, top in tops.items()}
        seen = sampled_activations(plan.view, images, free, shown)
        nodes = {unit.name: unit.node for unit in plan.hidden}
        return {name: least_squares_window(seen[nodes[name]], self.levels, top) for name, top in tops.items()}

    def _ramp(self, unit: Unit, window: float) -> NeuronChoice:
        """The Ramp of a unit with a window of its own, else of this one; a ReLU6 ends at 6."""
        top, levels = unit.activation.top, unit.activation.grid
        if top is not None and levels is not None:
            detail = f"window = alpha {top:.4g} with the {levels} levels of its QuantReLU, which it equals"
            return NeuronChoice(Ramp(top, levels), np.ones(()), f"Ramp population {unit.name!r}, {detail}")
        window = window if top is None else min(window, top)
        largest = window if unit.below is None or unit.below.halves else window - float(np.min(unit.below.by))
        how = "never clipped" if self.ranges == "interval" else f"values above {largest:.4g} are clipped"
        grid = f", spike times on {self.levels} levels" if self.levels else ""
        detail = f"Ramp population {unit.name!r}, window {window:.4g}, {how}{grid}"
        return NeuronChoice(Ramp(window, self.levels), np.ones(()), detail)
