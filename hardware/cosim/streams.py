"""Events as words of the input, and back."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from spikewright.hardware.cosim.record import OVER, CircuitRun
from spikewright.snn import Population

Whole = NDArray[np.int64]


def input_words(circuit: Circuit, raster: Whole) -> list[int]:
    """`raster (rows, samples, neurons)` of the input on the wire: events, and a token after each row, sample by sample.

    A MAC core gets zeros too.
    """
    rows = raster.swapaxes(0, 1).reshape(-1, raster.shape[2])
    row, place = np.nonzero(np.ones_like(rows) if circuit.quantised else rows)
    ends = np.searchsorted(row, np.arange(len(rows)), side="right")
    words: list[int] = np.insert(_words(circuit, place, rows[row, place]), ends, 1).tolist()
    return words


def _words(circuit: Circuit, place: Whole, numbers: Whole) -> Whole:
    """An event for each `number` at a `place` of the input."""
    name = circuit.network.input
    c, y, x = np.unravel_index(place, as_map(circuit.network.by_name[name].shape))
    bits = circuit.coordinate_bits(name)
    values = numbers.astype(np.int64) * circuit.times(name)
    return np.asarray(c << 1 | y << (1 + bits[0]) | x << (1 + bits[0] + bits[1]) | values << (1 + sum(bits)))


def rasters_of(circuit: Circuit, run: CircuitRun, samples: int) -> Mapping[str, Whole]:
    """What each population sent `(steps, samples, neurons)`, in one row where it sends once for the whole run.

    Raises ValueError where steps are missing. Those that no longer took place after an early decision are empty.
    """
    return {
        population.name: _raster(circuit, population, run, samples)
        for population in circuit.inner
        if population.neuron.sends != "nothing"
    }


def _raster(circuit: Circuit, population: Population, run: CircuitRun, samples: int) -> Whole:
    steps, shape = 1 if circuit.once(population.name) else circuit.network.steps, as_map(population.shape)
    number = circuit.numbers[population.name]
    token, c, y, x, value = run.fields(number, circuit.coordinate_bits(population.name))
    step, spikes = _steps(run, number, token, steps), token == 0
    if np.any(step[spikes] >= samples * steps) or (not run.stopped.any() and token.sum() != samples * steps):
        raise ValueError(f"expected {samples * steps} steps of {population.name!r}, got {int(token.sum())}")
    raster = np.zeros((samples * steps, *shape), np.int64)
    np.add.at(raster, (step[spikes], c[spikes], y[spikes], x[spikes]), circuit.said(population.name, value[spikes]))
    return raster.reshape(samples, steps, -1).swapaxes(0, 1)


def _steps(run: CircuitRun, number: int, token: Whole, steps: int) -> Whole:
    """The step of each event, counted over all samples; where one was stopped, the next begins with step 0 of the next."""
    found = np.cumsum(token)
    for sample in np.flatnonzero(run.stopped):
        after = run.events[number][:, 0] > run.events[OVER][sample, 0]
        missing = (sample + 1) * steps - (found[~after][-1] if np.any(~after) else 0)
        found = found + np.where(after, missing, 0)
    return found
