"""What the input sends, as `snn.codes` states it: numbers of spikes `(steps, neurons)`, or one row of values."""

import math

import numpy as np

from spikewright.snn import (
    AddressEvents,
    Bursts,
    Delta,
    Direct,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    SpikeSelectCode,
    TtfsCode,
)
from tests.snn.reader.draws import draws, happens, normal, shares


def encoded(code, inputs, shape, stream: int, sample: int) -> np.ndarray:
    """`inputs`: one sample, an image, frames or events; `shape` that of the input population; `stream` 16 * its place."""
    if isinstance(code, AddressEvents):
        return _camera(code, inputs, shape)
    x = np.asarray(inputs, np.float32).astype(np.float64)
    if isinstance(code, Delta):
        return _changes(code, x, shape)
    x = x.reshape(-1)
    if isinstance(code, Direct | TtfsCode):
        return _rounded(x * code.levels)[None]
    if isinstance(code, Poisson):
        chance = x * code.probability
        return np.array(
            [happens(draws(code.seed, stream + 8, sample, t, x.size), chance) for t in range(code.steps)], int
        )
    if isinstance(code, JitteredPeriodic):
        return _periodic(code, x, stream, sample)
    if isinstance(code, SingleBurst):
        when = np.where(x > code.silent, _rounded((1 - x) * (code.steps - 1)), -1)
        return np.array([when == t for t in range(code.steps)], int)
    if isinstance(code, PhaseCode):
        digits = _rounded(x * (2**code.period - 1))
        return np.array([(digits >> (code.period - 1 - t % code.period)) & 1 for t in range(code.steps)])
    assert isinstance(code, RateCode | Bursts | SpikeSelectCode)
    x = x * code.limit if isinstance(code, Bursts) else x
    return np.array([_rounded(x * (t + 1)) - _rounded(x * t) for t in range(code.steps)])


def charge_steps(code) -> int:
    """In how many steps a bias flows."""
    if isinstance(code, PhaseCode):
        return code.periods
    return (getattr(code, "window", None) or code.steps) if isinstance(code, Direct) else code.steps


def charged(code, step: int) -> bool:
    """Whether a bias, and a direct input, flow in a step."""
    return step % code.period == 0 if isinstance(code, PhaseCode) else step < charge_steps(code)


def weight(code, step: int) -> int:
    """What a spike of a step counts."""
    return 2 ** (code.period - 1 - step % code.period) if isinstance(code, PhaseCode) else 1


def _rounded(x: np.ndarray) -> np.ndarray:
    return np.floor(x + 0.5).astype(np.int64)


def _periodic(code: JitteredPeriodic, x: np.ndarray, stream: int, sample: int) -> np.ndarray:
    period = 1 / (1 / code.shortest + (1 / code.longest - 1 / code.shortest) * (1 - x))
    sent = np.zeros((code.steps, x.size), np.int64)
    moment, k = np.zeros(x.size), 0
    while k == 0 or moment.min() < code.steps:
        interval = period + code.deviation * period * normal(code.seed, stream + 9, sample, k, x.size)
        if k == 0:
            moment = shares(draws(code.seed, stream + 12, sample, 0, x.size)) * np.maximum(interval, 0)
        else:
            moment = moment + np.maximum(interval, 1)
        for neuron in np.flatnonzero((moment < code.steps) & (x > code.silent)):
            sent[math.floor(moment[neuron]), neuron] += 1
        k += 1
    return sent


def _changes(code: Delta, x: np.ndarray, shape) -> np.ndarray:
    half = int(np.prod(shape)) // 2
    frames = x.reshape(-1, half) if x.size > half else np.repeat(x.reshape(1, half), code.steps, axis=0)
    reference, sent = np.zeros(half), []
    for frame in frames:
        on = frame - reference >= code.threshold
        off = ~on & (reference - frame >= code.threshold)
        reference = reference + code.threshold * on - code.threshold * off
        sent.append(np.concatenate([on, off]))
    return np.array(sent, np.int64)


def _camera(code: AddressEvents, events, shape) -> np.ndarray:
    sent = np.zeros((code.steps, *shape), np.int64)
    for event in events:
        step = int(event["t"]) // code.step_us
        if step < code.steps:
            sent[step, event["p"], event["y"], event["x"]] += 1
    return np.minimum(sent, code.limit).reshape(code.steps, -1)
