"""Neurons brought onto the grid of a fixed-point population: thresholds, windows, multipliers, and what that cost in words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.fixed.grids import Grid, Reals, thresholds_of
from spikewright.snn.fixed.snapping import even_thresholds, exact_division
from spikewright.snn.network import Population
from spikewright.snn.neurons import FIRING, Integrator, Neuron, QuantReLU, Ramp

Rounded = tuple[Any, str]
"""A neuron in integers, and what was rounded, in words that follow a semicolon."""


def on_the_grid(population: Population, grid: Grid) -> tuple[Neuron, str]:
    """The neuron of a population in units of its grid. Raises InvalidNetwork where the grid is too coarse for it."""
    neuron: Any = population.neuron
    for kinds, rule in _RULES:
        if isinstance(neuron, kinds):
            return rule(population, grid)
    raise InvalidNetwork(f"expected a neuron that has integers, got {type(neuron).__name__} in {population.name!r}")


def integers(value: object, unit: Reals) -> NDArray[np.int64]:
    """floor(value / unit + 1/2) as int64."""
    return np.asarray(np.floor(np.asarray(value, dtype=np.float64) / unit + 0.5).astype(np.int64))


def _fires(population: Population, grid: Grid) -> Rounded:
    """Thresholds, scalar, per channel or per neuron, each rounded by half a unit at most."""
    neuron: Any = population.neuron
    changed: dict[str, NDArray[np.int64]] = {}
    error = 0.0
    for name, value in thresholds_of(neuron).items():
        unit = grid.like(value, population.shape)
        changed[name] = integers(value, unit)
        error = max(error, float(np.max(np.abs(changed[name] * unit / np.asarray(value) - 1.0))))
    low, high = min(int(t.min()) for t in changed.values()), max(int(t.max()) for t in changed.values())
    if low < 1:
        raise InvalidNetwork(f"a threshold of population {population.name!r} is below one unit; try more weight_bits")
    return replace(neuron, **changed), f"; thresholds {low} to {high}, rounded by at most {error:.2%}"


def _climbs(population: Population, grid: Grid) -> Rounded:
    """`window` = d levels: d, the charge of a slot, is a whole number of units."""
    neuron = population.neuron
    assert isinstance(neuron, Ramp) and neuron.levels is not None
    slot = int(np.floor(neuron.window / neuron.levels / grid.unit[0] + 0.5))
    if slot < 1:
        raise InvalidNetwork(
            f"a slot of population {population.name!r} is below one unit; try fewer time_levels or more potential_bits"
        )
    error = abs(slot * grid.unit[0] * neuron.levels / neuron.window - 1.0)
    told = f"; {neuron.levels} slots of {slot} units, window rounded by {error:.2%}"
    return Ramp(slot * neuron.levels, neuron.levels), told


def _requantises(population: Population, grid: Grid) -> Rounded:
    """Even thresholds theta, and the multiplier and shift that divide by them exactly; see `snn.fixed.snapping`."""
    neuron = population.neuron
    assert isinstance(neuron, QuantReLU)
    theta, error = even_thresholds(neuron, grid.unit)
    multiplier, shift = exact_division(theta, neuron.levels)
    bias = float(np.max(0.5 / theta))
    told = f"; a level is {theta.min()} to {theta.max()} units, snapped by at most {error:.2%}, the bias by {bias:.2%} of one"
    return QuantReLU(multiplier, shift, neuron.levels), told


def _adds_up(population: Population, grid: Grid) -> Rounded:
    return population.neuron, ""


_RULES: tuple[tuple[tuple[type, ...], Callable[[Population, Grid], Rounded]], ...] = (
    (FIRING, _fires),
    ((Ramp,), _climbs),
    ((QuantReLU,), _requantises),
    ((Integrator,), _adds_up),
)
