"""The grid of a quantised CNN: scales, thresholds and biases are put on the accumulator's grid before anything is evaluated.

A level of a `QuantReLU` is worth theta units of its accumulator, and theta = s_out / (s_w s_in) is no integer. Rounding it
where it is used would change counts, so the integer network is defined with theta rounded, to an even integer: then theta/2
is one too, and y = clip(floor((S + b + theta/2) / theta), 0, levels) is integer arithmetic from end to end. Integer weights
keep their integers q. Where several projections enter one channel, those of another scale are multiplied by one integer for
each output channel, W = r_o q. What each of these costs is said in the report.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.fixed.records import MOST_FRACTIONAL, Grid, Incoming, Reals, gain_size
from spikewright.snn.neurons import QuantReLU
from spikewright.snn.populations import Population

FINE = 2.0**-8
"""The relative error of a scale or a threshold that the grid aims for."""
MOST = 256
"""Units that the finest of several scales may get, so that the others are whole."""
LONGEST_SHIFT = 62
FAINT_LEVEL = 2.0**16
"""Units in a level beside which the weights of a channel are too faint."""

Whole = NDArray[np.int64]


def common_unit(values: Reals) -> tuple[Reals, Reals]:
    """For each column of `values (terms, groups)` a unit of which all are whole multiples, nearly: unit and relative error.

    The unit is the smallest |value| / n with the least n that brings the error of every other below 2**-8, or the best n
    up to 256. Zeros are multiples of anything; a column of zeros has unit 0.
    """
    size = np.abs(values)
    smallest = np.where(size > 0, size, np.inf).min(axis=0)
    smallest = np.where(np.isfinite(smallest), smallest, 0.0)
    ratio = np.divide(size, smallest, out=np.zeros_like(size), where=smallest > 0)
    chosen, least = np.ones(size.shape[1]), np.full(size.shape[1], np.inf)
    for n in range(1, MOST + 1):
        error = np.abs(np.floor(ratio * n + 0.5) / np.where(ratio > 0, ratio * n, 1.0) - (ratio > 0)).max(axis=0)
        better = (error < least) & (least > FINE)
        chosen, least = np.where(better, n, chosen), np.where(better, error, least)
        if np.all(least <= FINE):
            break
    return smallest / chosen, least


def snapped_grid(population: Population, incoming: list[Incoming], bits: int, uniform: bool) -> Grid:
    """The grid of a population in a quantised network: whole factors for all weights, thresholds of 256 units or more.

    `uniform`: one unit for all channels. Channels that no weight reaches take the finest unit of the others. Those whose
    weights are too faint beside their level, which would be more units than integers divide by, get 2**-16 of a level.
    """
    channels = population.shape[0]
    units = [scale for one in incoming if (scale := _scales(one, channels)) is not None]
    if not units:
        units = [np.maximum.reduce([_gains(one, channels) for one in incoming])]
    values = np.stack(units)
    unit, _ = common_unit(values.reshape(-1, 1) if uniform else values)
    live = unit[unit > 0]
    unit = np.where(unit > 0, unit, live.min() if live.size else 1.0) * np.ones(channels)
    shift = _fractional(population, incoming, unit)
    unit = unit / 2.0**shift
    faint = _faint(population, unit)
    if not faint.any():
        return Grid(unit, shift, bits, snapped=True)
    return Grid(np.where(faint, _level(population, unit) / FAINT_LEVEL * unit, unit), shift, bits, True, faint)


def _level(population: Population, unit: Reals) -> Reals:
    """One level of a QuantReLU in units, `(channels,)`; zeros without levels."""
    neuron = population.neuron
    return level_size(cast(QuantReLU, neuron)) / unit if neuron.sends == "values" else np.zeros(unit.size)


def level_size(neuron: QuantReLU) -> Reals:
    """The charge of one level, one or `(channels,)`."""
    size: Reals = 2.0**neuron.shift / np.asarray(neuron.multiplier, dtype=np.float64)
    return size


def _faint(population: Population, unit: Reals) -> NDArray[np.bool_]:
    """Channels whose level is so many units that no multiplier of 62 bits is sure to divide by it: 2 theta**2 L > 2**62."""
    most = np.sqrt(2.0 ** (LONGEST_SHIFT - 1) / (population.neuron.levels or 1))
    beyond: NDArray[np.bool_] = _level(population, unit) > most
    return beyond


def even_thresholds(neuron: QuantReLU, unit: Reals) -> tuple[Whole, float]:
    """theta `(channels,)`, the even number of units nearest to one level, at least 2, and the largest relative error."""
    level = level_size(neuron) / unit
    theta = np.maximum(2 * np.floor(level / 2 + 0.5), 2)
    if theta.max() >= 2.0**40:
        raise InvalidNetwork(
            f"expected levels below 2**40 units of the accumulator, got {theta.max():.3g}; try again with coarser weights"
        )
    return theta.astype(np.int64), float(np.max(np.abs(theta / level - 1.0)))


def exact_division(theta: Whole, levels: int) -> tuple[Whole, int]:
    """Multipliers `(channels,)` and one shift with floor(V m / 2**shift + 1/2) = floor((V + theta/2) / theta) after the clip.

    Both sides reach k at the first integer V >= 2**shift (k - 1/2) / m and V >= theta (k - 1/2). The latter is whole for even
    theta, so they are equal for k = 1 .. L, whatever V, iff 2**shift / theta <= m and m (theta (2L - 1) - 2) < 2**shift (2L - 1).
    The smallest such shift is taken; there is one with 2**shift < 2 theta**2 L (after Granlund and Montgomery 1994, division
    by invariant integers). Raises InvalidNetwork when it is beyond 62.
    """
    thetas, odd = [int(t) for t in np.unique(theta)], 2 * levels - 1
    for shift in range(LONGEST_SHIFT + 1):
        m = {t: -(-(1 << shift) // t) for t in thetas}
        if all(m[t] * (t * odd - 2) < odd << shift for t in thetas):
            return np.array([m[int(t)] for t in np.ravel(theta)], dtype=np.int64).reshape(np.shape(theta)), shift
    raise InvalidNetwork(
        f"expected thresholds that 62 bits can divide by, got {max(thetas)} with {levels} levels; try fewer weight_bits"
    )


def _scales(one: Incoming, channels: int) -> Reals | None:
    """The units of the weights in the channels that they reach, 0 elsewhere; None for a gain."""
    if one.integers is None or one.unit is None:
        return None
    start, stop = one.projection.channels or (0, channels)
    reached = np.asarray(one.integers).reshape(stop - start, -1).any(axis=1)
    scale = np.zeros(channels)
    scale[start:stop] = np.where(reached, one.unit, 0.0)
    return scale


def _gains(one: Incoming, channels: int) -> Reals:
    """What one integer of the source brings to each channel through a gain."""
    gain = np.zeros(channels)
    if one.integers is None:
        start, stop = one.projection.channels or (0, channels)
        gain[start:stop] = gain_size(one) * one.sent
    return gain


def _fractional(population: Population, incoming: list[Incoming], unit: Reals) -> int:
    """Bits below the weights' unit, so that thresholds and gains are rounded finely enough; 4 without either."""
    sizes = [_gains(one, unit.size) / unit for one in incoming if one.integers is None]
    level = _level(population, unit)
    sizes.append(level if level.any() else np.full(1, FINE**-0.5))
    least = min(float(size[size > 0].min()) for size in sizes if np.any(size > 0))
    return int(np.clip(np.ceil(np.log2(1.0 / (FINE * least))), 0, MOST_FRACTIONAL))
