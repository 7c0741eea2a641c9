"""Full scales of every layer of a rate code, a residual sum like any other: what its thresholds are made of.

A unit is a sum of terms with one activation behind it: a residual sum has several terms, a plain layer one. `rate_scales`
looks at the activations behind the sum, on the samples, and gives the unit one full scale for the layer or for each channel;
the recipe makes the threshold of it (`Rate._choice`: divided by the most spikes of a step). What each branch of the sum sends
has an amplitude of its own, which goes into the weights of its term (`conversion.storage`), so branches need no common threshold.

    conv2 --W2--+
                +--> sum --> ReLU      unit: two terms, one threshold from the values behind the ReLU
    conv1 --1---+
"""

from typing import Literal

import torch

from spikewright.conversion.ranges import percentiles, sent_by
from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.recipes.full_scales import FullScale, measured_top, own_scale, scale_counts, span_of
from spikewright.conversion.recipes.threshold_search import CountGrid, least_squares

How = Literal["mse", "max"] | float
"""How a scale is chosen: by least squared error, as the largest activation, or as a percentile of the positive ones."""


def rate_scales(
    plan: Plan, images: torch.Tensor, how: How, grids: dict[str, CountGrid], per_channel: bool | None
) -> dict[str, FullScale]:
    """The full scale of every hidden unit, by name; `grids`: what the count of each can say.

    A `QuantReLU` keeps its alpha. Raises InvalidInput for layers that are silent.
    """
    measured = _measured(plan, images, how, grids, scale_counts(plan, per_channel))
    return {unit.name: _scale(unit, measured.get(unit.node), how, grids[unit.name]) for unit in plan.hidden}


def _measured(
    plan: Plan, images: torch.Tensor, how: How, grids: dict[str, CountGrid], free: dict[str, int]
) -> dict[str, Floats]:
    """The top of each node in `free`, as `how` says."""
    shown = sent_by(plan.hidden)
    if how != "mse":
        return percentiles(plan.view, images, free, 100.0 if how == "max" else float(how), shown)
    found: dict[str, Floats] = {}
    for grid in set(grids.values()):
        same = {unit.node: free[unit.node] for unit in plan.hidden if unit.node in free and grids[unit.name] == grid}
        found |= least_squares(plan.view, images, same, grid, shown) if same else {}
    return found


def _scale(unit: Unit, values: Floats | None, how: How, grid: CountGrid) -> FullScale:
    if values is None:
        own = own_scale(unit)
        more = "" if own.levels == grid.levels else f", whose {own.levels} levels above zero become {grid.levels}"
        return FullScale(own.top, own.told + more, own.levels)
    top, told = measured_top(unit, values)
    text = f"{span_of(top)}, {_chosen(how, grid.levels)}"
    return FullScale(top, f"{text}; {told}" if told else text)


def _chosen(how: How, levels: int) -> str:
    if how == "mse":
        return f"least squared error of {levels} levels above zero"
    return "the largest activation" if how == "max" else f"percentile {how:g} of the positive activations"
