"""What a full activation is, for every unit: its percentile on the samples, the limit of a ReLU6, the alpha of a QuantReLU."""

from dataclasses import dataclass

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.conversion.ranges import percentiles, sent_by, thresholds
from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.storage import keeps_integers


@dataclass(frozen=True, eq=False)
class FullScale:
    """`top` () or `(channels,)`, where it comes from in words, and the levels of a QuantReLU."""

    top: Floats
    told: str
    levels: int | None = None


def scales(plan: Plan, images: torch.Tensor, percentile: float, per_channel: bool | None) -> dict[str, FullScale]:
    """The scale of every hidden unit, by name. Raises InvalidInput for layers that are silent."""
    measured = percentiles(plan.view, images, scale_counts(plan, per_channel), percentile, sent_by(plan.hidden))
    return {unit.name: _scale(unit, measured.get(unit.node), percentile) for unit in plan.hidden}


def _scale(unit: Unit, values: Floats | None, percentile: float) -> FullScale:
    if values is None:
        return own_scale(unit)
    top, told = measured_top(unit, values)
    text = f"{span_of(top)}, percentile {percentile:g} of the positive activations"
    return FullScale(top, f"{text}; {told}" if told else text)


def own_scale(unit: Unit) -> FullScale:
    """That of a unit with levels of its own."""
    alpha = np.asarray(unit.activation.top, dtype=np.float64)
    return FullScale(alpha, f"alpha {float(alpha):.4g} of its QuantReLU", unit.activation.grid)


def measured_top(unit: Unit, values: Floats) -> tuple[Floats, str]:
    """Positive tops from measured ones, none above the limit of a ReLU6; and in words what was not taken as it is."""
    top, told = thresholds(unit, values)
    limit = unit.activation.top
    return (top if limit is None else np.minimum(top, limit)), told


def span_of(top: Floats) -> str:
    """Tops in words."""
    return f"{top.min():.4g} to {top.max():.4g}, per channel" if top.ndim else f"{top:.4g}, per layer"


def scale_counts(plan: Plan, per_channel: bool | None) -> dict[str, int]:
    """How many scales the unit of each node gets, one or one a channel; nodes whose unit has levels of its own are left out."""
    return {unit.node: scale_count(plan, unit, per_channel) for unit in plan.hidden if not unit.activation.grid}


def scale_count(plan: Plan, unit: Unit, per_channel: bool | None) -> int:
    """How many scales the unit gets: one for each channel, or one, so that integers and codebooks that read it stay so."""
    fixed = any(term.integer and not keeps_integers(term) for term in plan.readers(unit.name))
    mixed = any(one.source == unit.name and one.channels is None for one in plan.ordered)
    if per_channel is True and mixed:
        raise InvalidInput(
            f"expected one scale per layer for {unit.name!r}, whose channels are read in an order that mixes them, "
            "got per_channel=True; try per_channel=None"
        )
    if per_channel is True and fixed:
        raise InvalidInput(
            f"expected one scale per layer for {unit.name!r}, whose readers have integer weights, "
            "got per_channel=True; try per_channel=None"
        )
    shared = per_channel is None and any(term.shared and not keeps_integers(term) for term in plan.readers(unit.name))
    if unit is plan.output or fixed or mixed or shared or per_channel is False:
        return 1
    return unit.shape[0]
