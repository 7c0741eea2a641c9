"""The codes of `snn.codes` in the reference engine: what the input population sends, `(steps, batch, *shape)`.

What is held for the whole run (a direct input, a time-coded window) has a first axis of length one. x is float64.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from spikewright.snn.codes import (
    Bursts,
    Code,
    Delta,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    SpikeSelectCode,
)
from spikewright.snn.network import Network
from spikewright.snn.reference.noise import Draws, below, draws_of
from spikewright.snn.reference.windows import Values
from spikewright.snn.streams import EventStream, Inputs


def encode(network: Network, inputs: Inputs) -> Values:
    """Integers, except for direct input without levels and for time codes in float32 networks."""
    code = network.code
    if isinstance(inputs, EventStream):
        return _binned(network, inputs)
    x = inputs.astype(np.float64)
    if code.graded:
        return _graded(code, x, fixed=network.numbers == "fixed")[None]
    steps = SPIKES[type(code)](code, x, draws_of(network, network.by_name[network.input]))
    return np.stack(list(steps)).astype(np.int64)


def _graded(code: Code, x: Values, *, fixed: bool) -> Values:
    if code.levels is None:
        return x
    slots = np.floor(x * code.levels + 0.5)
    return slots / code.levels if code.sends == "times" and not fixed else slots.astype(np.int64)


def _evenly(code: Any, x: Values, draws: Draws) -> Iterator[Values]:
    rate = code.most * x
    for step in range(code.steps):
        yield np.floor(rate * (step + 1) + 0.5) - np.floor(rate * step + 0.5)


def _bernoulli(code: Any, x: Values, draws: Draws) -> Iterator[Values]:
    for step in range(code.steps):
        yield below(draws.words(code.seed, 8, len(x), step), x * code.probability)


def _digits(code: Any, x: Values, draws: Draws) -> Iterator[Values]:
    whole = np.floor(x * (2**code.period - 1) + 0.5).astype(np.int64)
    for step in range(code.steps):
        yield (whole >> (code.period - 1 - step % code.period)) & 1


def _once(code: Any, x: Values, draws: Draws) -> Iterator[Values]:
    when = np.where(x > code.silent, np.floor((1.0 - x) * (code.steps - 1) + 0.5), -1)
    return (when == step for step in range(code.steps))


def _changes(code: Any, x: Values, draws: Draws) -> Iterator[Values]:
    held = x.ndim == len(draws.shape) + 1
    reference = np.zeros_like(x if held else x[:, 0])
    for step in range(code.steps):
        now = x if held else x[:, step]
        on = now - reference >= code.threshold
        off = ~on & (reference - now >= code.threshold)
        reference = np.where(on, reference + code.threshold, np.where(off, reference - code.threshold, reference))
        yield np.concatenate([on, off], axis=1)


def _periodic(code: Any, x: Values, draws: Draws) -> Iterator[Values]:
    """Spike by spike: the k-th of every pixel, until all lie beyond the run."""
    period = 1.0 / (1.0 / code.shortest + (1.0 / code.longest - 1.0 / code.shortest) * (1.0 - x))
    time, number = np.zeros_like(x), 0
    spikes = np.zeros((code.steps, *x.shape), dtype=np.int64)
    while np.any(time < code.steps):
        interval = period + code.deviation * period * draws.normal(code.seed, 9, len(x), number)
        if number == 0:
            time = draws.shares(code.seed, 12, len(x), 0) * np.maximum(interval, 0.0)
        else:
            time = time + np.maximum(interval, 1.0)
        fires = (time < code.steps) & (x > code.silent)
        spikes[(np.floor(time[fires]).astype(np.int64), *np.nonzero(fires))] += 1
        number += 1
    return iter(spikes)


SPIKES: dict[type[Code], Callable[[Any, Values, Draws], Iterator[Values]]] = {
    RateCode: _evenly,
    Bursts: _evenly,
    SpikeSelectCode: _evenly,
    Poisson: _bernoulli,
    PhaseCode: _digits,
    SingleBurst: _once,
    JitteredPeriodic: _periodic,
    Delta: _changes,
}
"""The spikes of every step, `(batch, *shape)`, of each code of spikes that has images."""


def _binned(network: Network, events: EventStream) -> Values:
    """Every event of the stream is a spike at its address in its step."""
    population = network.by_name[network.input]
    spikes = np.zeros((network.steps, len(events), population.size), dtype=np.int64)
    sample = np.repeat(np.arange(len(events)), np.diff(events.offsets))
    np.add.at(spikes, (events.step, sample, events.address), 1)
    return spikes.reshape(network.steps, len(events), *population.shape)
