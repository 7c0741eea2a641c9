"""What a full activation is, for every unit: its percentile on the samples, the limit of a ReLU6, the alpha of a QuantReLU."""

from dataclasses import dataclass

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.conversion.ranges import percentiles, thresholds
from spikewright.conversion.reading.activations import StaircaseLaw
from spikewright.conversion.reading.values import Floats, Unit
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes.rate_neurons import at_most_limit
from spikewright.conversion.storage import keeps_integers


@dataclass(frozen=True, eq=False)
class FullScale:
    """`top` () or `(channels,)`, where it comes from in words, and the levels of a QuantReLU."""

    top: Floats
    told: str
    levels: int | None = None


def scales(plan: Plan, images: torch.Tensor, percentile: float, per_channel: bool | None) -> dict[str, FullScale]:
    """The scale of every hidden unit, by name. Raises InvalidInput for layers that are silent."""
    free = {u.node: rows_of(plan, u, per_channel) for u in plan.hidden if not isinstance(u.activation, StaircaseLaw)}
    measured = percentiles(plan.view, images, free, percentile)
    return {unit.name: _scale(unit, measured.get(unit.node), percentile) for unit in plan.hidden}


def _scale(unit: Unit, values: Floats | None, percentile: float) -> FullScale:
    own = unit.activation
    if isinstance(own, StaircaseLaw):
        return FullScale(np.asarray(own.alpha, dtype=np.float64), f"alpha {own.alpha:.4g} of its QuantReLU", own.levels)
    assert values is not None
    top, told = thresholds(unit, values)
    top = at_most_limit(unit, top)
    span = f"{top.min():.4g} to {top.max():.4g}, per channel" if top.ndim else f"{top:.4g}, per layer"
    text = f"{span}, percentile {percentile:g} of the positive activations"
    return FullScale(top, f"{text}; {told}" if told else text)


def rows_of(plan: Plan, unit: Unit, per_channel: bool | None) -> int:
    """How many scales the unit gets: one for each channel, or one, so that integers that read it stay integers."""
    readers = [term for other in plan.units for term in other.terms if term.source == unit.name]
    fixed = any(term.kernel is not None and term.kernel.integer and not keeps_integers(term) for term in readers)
    if per_channel is True and fixed:
        raise InvalidInput(
            f"expected one scale per layer for {unit.name!r}, whose readers have integer weights, "
            "got per_channel=True; try per_channel=None"
        )
    if unit is plan.output or fixed or per_channel is False:
        return 1
    return unit.shape[0]
