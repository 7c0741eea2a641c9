"""Channels of a quantised network that no input brings to a level: a lower threshold, still out of reach, serves as well."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from spikewright.snn.fixed.bounds import channel_bounds
from spikewright.snn.fixed.records import Grid, Incoming, Reals
from spikewright.snn.fixed.snapping import FAINT_LEVEL, level_size
from spikewright.snn.network import Network
from spikewright.snn.populations import Population


def within_reach(
    network: Network, population: Population, grid: Grid, incoming: Iterable[Incoming]
) -> tuple[Population, str]:
    """A population of QuantReLUs whose levels are in reach, or just beyond it, and how many channels that changed, in words.

    A channel that is multiplied by next to nothing has a level of very many units beside its charge. It sends zero whatever the
    input, and does so with a level of 2 (charge + 1) units too, which takes fewer bits to divide by. Levels below `FAINT_LEVEL`
    units stay as they are.
    """
    if population.neuron.sends != "values":
        return population, ""
    neuron: Any = population.neuron
    reach = _reach(network, population, grid, incoming)
    level = level_size(neuron) / grid.unit
    beyond = (level > FAINT_LEVEL) & (level > 4.0 * (reach + 1.0))
    if not beyond.any():
        return population, ""
    units = np.where(beyond, np.maximum(2.0 * (reach + 1.0), FAINT_LEVEL), level)
    changed = replace(population, neuron=replace(neuron, multiplier=2.0**neuron.shift / (units * grid.unit)))
    return (
        changed,
        f"; {int(beyond.sum())} channels that no input brings to a level have a lower one, as far out of reach",
    )


def _reach(network: Network, population: Population, grid: Grid, incoming: Iterable[Incoming]) -> Reals:
    """The largest |S + b| of each channel `(channels,)`, in units of its grid."""
    bias = np.abs(np.asarray(population.bias, dtype=np.float64))
    rows = bias.reshape(len(grid.unit), -1).max(axis=1) if bias.ndim else bias
    reach = np.ceil(rows / grid.unit) + 1.0
    for one in incoming:
        start, stop = one.projection.channels or (0, len(grid.unit))
        bounds = channel_bounds(network, one.projection)
        reach[start:stop] += bounds if bounds.size in (1, stop - start) else bounds.max()
    return reach
