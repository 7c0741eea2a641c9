"""The grid of a fixed-point population, and projections brought onto it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.fixed.laws import law_of
from spikewright.snn.fixed.records import MOST_FRACTIONAL, WIDEST, Grid, Incoming, Reals, gain_size
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.report import ReportRow
from spikewright.weights import refilled, stored_values, unscaled

LEAST_UNITS = 256
"""A threshold beside which the weights are too faint is at least so fine."""
FINE_GAIN = 6
"""Bits that a gain beside matrices of integers, which divide it, has at least: rounding takes less than a hundredth."""
FREE_FRACTIONAL = 4
"""Fractional bits of a population without thresholds: they serve its bias, and its width is proved later."""


def read_incoming(projection: Projection, sent: float, bits: int, uniform: bool) -> Incoming:
    """Integers and units of a projection whose source sends units of `sent`; `uniform`: one unit for all channels."""
    synapse = projection.synapse
    if synapse.weights is None:
        return _whole(projection, sent)
    values, scale = stored_values(synapse.weights), unscaled(synapse.weights)[1]
    if np.issubdtype(values.dtype, np.integer):
        unit = np.ones(values.shape[0]) if scale is None else np.asarray(scale, dtype=np.float64)
        unit = np.broadcast_to(unit, (values.shape[0],))
        if not uniform or np.all(unit == unit[0]):
            return Incoming(projection, values, unit * sent, sent)
    weights = synapse.weights.values().astype(np.float64)
    step = _steps(weights, bits, uniform)
    integers = np.floor(weights / step.reshape(-1, *([1] * (weights.ndim - 1))) + 0.5).astype(np.int64)
    why = "one scale, so that channels compare" if uniform else "a scale for each channel"
    row = ReportRow(projection.name, type(synapse).__name__, "rounded", f"weights to {bits} bits, {why}")
    return Incoming(projection, integers, step * sent, sent, (row,))


def _whole(projection: Projection, sent: float) -> Incoming:
    """A projection with a gain, whose other numbers are whole."""
    synapse, error = projection.synapse.in_integers()
    told = f"{' and '.join(synapse.matrices)} in integers, rounded by at most {error:.2%}"
    rows = (ReportRow(projection.name, type(synapse).__name__, "rounded", told),) if error else ()
    return Incoming(replace(projection, synapse=synapse), None, None, sent, rows)


def chosen_grid(
    population: Population, incoming: list[Incoming], bits: int, held: float, uniform: bool, widest: int = WIDEST
) -> Grid:
    """The grid: integers that come in lead, with as many fractional bits as the width allows; `uniform`: one unit for all.

    `held`: how many thresholds, or slots of a window, a potential must hold. A Ramp saturates beyond its window, which changes
    no spike, so its window is all that its width must hold. A channel that needs more than `widest` bits gets a coarser unit.
    """
    unit = _leading_unit(incoming, population.shape[0])
    unit = np.full_like(unit, unit.min()) if uniform else unit
    size = law_of(population.neuron).sizes(population.neuron, unit, held)
    if size is None:
        free = max(FREE_FRACTIONAL, min(MOST_FRACTIONAL, _fractional(incoming, unit)))
        return Grid(unit / 2.0**free, free, bits)
    faint = _bits(size) > widest
    most = int(_bits(size[~faint]).max(initial=0))
    width = max(bits, most, min(widest, most + _fractional(incoming, unit)))
    if not faint.any():
        shift = min(width - int(_bits(size).max()), MOST_FRACTIONAL)
        return Grid(unit / 2.0**shift, shift, width)
    shift = _shift_beside_faint(size[~faint], held, width)
    # their thresholds lie as high as the width of the others allows, at 256 units of the leading projection or more
    width = max(width, min(widest, int(_bits(np.array(held * LEAST_UNITS))) + shift))
    coarse = size / (2.0 ** (width - 1) - 1.0)
    return Grid(np.where(faint, unit * coarse, unit / 2.0**shift), shift, width, faint=faint)


def _fractional(incoming: list[Incoming], unit: Reals) -> int:
    """Fractional bits that gains divided by matrices of integers need; none where there are no such matrices."""
    divided = [one for one in incoming if one.projection.synapse.matrices]
    gains = [float(size[size > 0].min(initial=np.inf)) * one.sent for one in divided if (size := gain_size(one)).any()]
    least = min(gains, default=np.inf)
    return 0 if least == np.inf else max(0, int(np.ceil(FINE_GAIN + np.log2(float(unit.max()) / least))))


def _shift_beside_faint(size: Reals, held: float, width: int) -> int:
    """Fractional bits of a grid with faint channels, where each costs them one: none, unless a threshold were below one unit.

    `size (n,)`: of the other channels, `held` times their thresholds.
    """
    if not size.size or float(size.min()) / held >= 0.5:
        return 0
    return max(0, min(width - int(_bits(size).max()), MOST_FRACTIONAL))


def _bits(size: Reals) -> NDArray[np.int64]:
    bits: NDArray[np.int64] = (np.ceil(np.log2(size + 1.0)) + 1).astype(np.int64)
    return bits


def on_grid(incoming: Incoming, grid: Grid) -> Incoming:
    """The projection in integers on the grid; exact when its unit is the grid's times a power of two."""
    projection = incoming.projection
    start, stop = projection.channels or (0, grid.unit.size)
    unit = grid.unit[start:stop]
    if incoming.integers is None or incoming.unit is None:
        return _gain_on_grid(incoming, unit)
    faint = np.zeros(unit.size, bool) if grid.faint is None else grid.faint[start:stop]
    if grid.snapped:
        return _multiplied(incoming, unit * 2.0**grid.shift, grid.shift, faint)
    ratio = incoming.unit / unit
    shift = np.log2(np.where(faint, 2.0**grid.shift, ratio))
    whole = bool(np.all(shift == shift[0]) and float(shift[0]).is_integer() and 0 <= shift[0] <= 32)
    if whole and not faint.any():
        return _with_weights(incoming, incoming.integers, int(shift[0]))
    scale = ratio / 2.0 ** shift[0] if whole else ratio
    exact = incoming.integers.astype(np.float64) * scale.reshape(-1, *([1] * (incoming.integers.ndim - 1)))
    integers = np.floor(exact + 0.5).astype(np.int64)
    made = _with_weights(incoming, integers, int(shift[0]) if whole else 0)
    lost, exact = np.abs(integers - exact).reshape(unit.size, -1), exact.reshape(unit.size, -1)
    if whole:
        total = np.where(faint, lost.sum(axis=1) * 2.0 ** shift[0], 0.0)
        return replace(made, lost=total)
    error = float(np.max(lost)) / max(float(np.max(np.abs(exact))), 1.0)
    row = ReportRow(projection.name, type(projection.synapse).__name__, "rounded", _onto(error))
    return replace(made, rows=(row,), lost=np.where(faint, lost.sum(axis=1), 0.0))


def _multiplied(incoming: Incoming, unit: Reals, shift: int, faint: NDArray[np.bool_]) -> Incoming:
    """Integers times one whole number for each output channel; the scale takes the rounding, not the weights, unless faint."""
    assert incoming.integers is not None and incoming.unit is not None
    integers = np.asarray(incoming.integers, dtype=np.int64)
    live = integers.reshape(integers.shape[0], -1).any(axis=1)
    exact = np.where(live & ~faint, incoming.unit / unit, 1.0)
    factor = np.maximum(np.floor(exact + 0.5), 1).astype(np.int64)
    column = (-1, *([1] * (integers.ndim - 1)))
    small = integers * np.where(faint, incoming.unit / unit, 0.0).reshape(column)
    rounded = np.floor(small + 0.5).astype(np.int64)
    whole = np.where(faint.reshape(column), rounded, integers * factor.reshape(column))
    made = _with_weights(incoming, whole, shift)
    if faint.any():
        made = replace(made, lost=np.abs(rounded - small).reshape(unit.size, -1).sum(axis=1) * 2.0**shift)
    error = float(np.max(np.abs(factor / exact - 1.0)))
    if np.all(factor == 1) and error < 1e-9:
        return made
    told = f"integers times {factor.min()} to {factor.max()}, their scales snapped by at most {error:.2%}"
    row = ReportRow(incoming.projection.name, type(incoming.projection.synapse).__name__, "rounded", told)
    return replace(made, rows=(row,))


def _gain_on_grid(incoming: Incoming, unit: Reals) -> Incoming:
    synapse = incoming.projection.synapse
    if synapse.gain is None:
        raise InvalidNetwork(f"expected a gain in projection {incoming.projection.name!r}")
    exact = np.asarray(synapse.gain, dtype=np.float64) * incoming.sent / unit
    gain = np.floor(exact + 0.5).astype(np.int64)
    error = float(np.max(np.abs(gain - exact))) / (float(np.max(np.abs(exact))) or 1.0)
    row = ReportRow(incoming.projection.name, type(synapse).__name__, "rounded", _onto(error))
    projection = replace(incoming.projection, synapse=synapse.with_gain(gain))
    return replace(incoming, projection=projection, rows=(row,) if error else ())


def _with_weights(incoming: Incoming, integers: NDArray[np.generic], shift: int) -> Incoming:
    synapse = incoming.projection.synapse
    if synapse.weights is None:
        raise InvalidNetwork(f"expected weights in projection {incoming.projection.name!r}")
    narrow = integers.astype(
        np.result_type(np.min_scalar_type(integers.min()), np.min_scalar_type(-1 - integers.max()))
    )
    weights = refilled(synapse.weights, narrow)
    projection = replace(incoming.projection, synapse=synapse.with_weights(weights), shift=shift)
    return replace(incoming, projection=projection, rows=())


def _leading_unit(incoming: list[Incoming], channels: int) -> Reals:
    """For each channel the unit of the first projection of integers into it; without one, the largest gain is one unit."""
    unit = np.zeros(channels)
    for one in incoming:
        start, stop = one.projection.channels or (0, channels)
        if one.unit is not None:
            unit[start:stop] = np.where(unit[start:stop] == 0, one.unit, unit[start:stop])
    for one in incoming:
        gain = float(np.max(gain_size(one))) * one.sent
        start, stop = one.projection.channels or (0, channels)
        unit[start:stop] = np.where(unit[start:stop] == 0, gain or one.sent, unit[start:stop])
    return unit


def _steps(weights: Reals, bits: int, uniform: bool) -> Reals:
    """The size of a weight level: the largest weight of a channel (of all, when uniform) is the largest integer."""
    largest = np.abs(weights).reshape(weights.shape[0], -1).max(axis=1)
    whole = float(largest.max()) or 1.0
    largest = np.full_like(largest, whole) if uniform else np.where(largest > 0, largest, whole)
    step: Reals = largest / (2 ** (bits - 1) - 1)
    return step


def _onto(error: float) -> str:
    return f"rounded onto the grid of its target, by at most {error:.2%}"
