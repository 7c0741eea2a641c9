"""Channels whose weights are so faint beside their threshold that one grid cannot hold both: what rounding them cost."""

from collections.abc import Sequence

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.fixed.bounds import largest_sent
from spikewright.snn.fixed.laws import law_of
from spikewright.snn.fixed.records import Grid, Incoming, Reals
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.report import ReportRow

NAMED = 8
"""Channels that are named one by one."""


def faint_row(network: Network, population: Population, grid: Grid, incoming: Sequence[Incoming]) -> ReportRow:
    """The row of a fixed-point population with faint channels: which, and a bound on the error of S + b in a step.

    The bound is sum |W - W'| times the largest integer that a source sends, and half a unit of the bias, in thresholds (levels
    of a QuantReLU) of the channel: proved from the weights, whatever the input.
    """
    assert grid.faint is not None
    error = np.full(grid.unit.size, 0.5)
    for one in incoming:
        start, stop = one.projection.channels or (0, grid.unit.size)
        if one.lost is not None:
            area = one.projection.pool[0] * one.projection.pool[1]
            error[start:stop] += one.lost * (area * largest_sent(network, network.by_name[one.projection.source]))
    channels = np.flatnonzero(grid.faint)
    bound = float(np.max((error / one_answer(population))[channels]))
    if bound >= 1 and population.neuron.fires:
        raise InvalidNetwork(
            f"expected weights of population {population.name!r} that {grid.bits} bits hold beside its thresholds, got an error "
            f"of up to {bound:.2g} thresholds a step; try fewer weight_bits, input_levels or steps, or no potential_bits"
        )
    named = ", ".join(map(str, channels[:NAMED])) + (", ..." if channels.size > NAMED else "")
    told = (
        f"{channels.size} faint channels ({named}): weights too small beside the threshold for one grid, rounded onto a "
        f"coarser one (most to zero); their input is off by at most {bound:.2g} thresholds a step"
    )
    return ReportRow(population.name, type(population.neuron).__name__, "rounded", told)


def one_answer(population: Population) -> Reals:
    """The charge of one spike, slot or level of each channel `(channels,)`, at least one unit."""
    channels, neuron = population.shape[0], population.neuron
    size = np.asarray(law_of(neuron).one_answer(neuron), dtype=np.float64)
    rows = size.reshape(channels, -1).min(axis=1) if size.ndim else np.full(channels, float(size))
    result: Reals = np.maximum(rows, 1.0)
    return result
