"""The plain statement of `snn.learning.run`, to be checked by eye: numpy over neurons, Python over everything else.

It shares no code with the compiled engine: its traces are found by looking back for an input's last spike.
"""

from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.learning.records import Learned, Responses, WinnerTakeAll
from spikewright.splitmix import GOLDEN

Array = NDArray[Any]
_MASK = 2**64 - 1


def train(learned: Learned, state: tuple[Array, Array], pixels: Array, first: int) -> Responses:
    """Present `pixels (n, inputs)` one after the other and change `state` = (weights, theta) in place."""
    return _all(learned, state, pixels, first, purpose=1, learning=True)


def answer(learned: Learned, pixels: Array, first: int, purpose: int) -> Responses:
    """Present `pixels (n, inputs)` without learning."""
    return _all(learned, (learned.weights, learned.theta), pixels, first, purpose=purpose, learning=False)


def _all(
    learned: Learned, state: tuple[Array, Array], pixels: Array, first: int, *, purpose: int, learning: bool
) -> Responses:
    rows = []
    for number, image in enumerate(pixels):
        sent = came = 0
        for attempt in range(learned.network.shown.most_attempts):
            stream = 4 * attempt + purpose
            spikes = input_spikes(learned, image, attempt, (stream, first + number))
            fired = _present(learned.network, state, spikes, learning)
            sent, came = sent + int(spikes.sum()), came + int(fired.sum())
            if learning:
                _settle(learned.network, state, fired)
            if fired.sum() >= learned.network.shown.least_spikes:
                break
        rows.append((fired, sent, came, attempt + 1))
    counts, *others = (np.array(column) for column in zip(*rows, strict=True))
    return Responses(counts.astype(np.int32), *others)


def input_spikes(learned: Learned, image: Array, attempt: int, place: tuple[int, int]) -> Array:
    """Which inputs fire in which step, bool `(steps, inputs)`; `place` = (stream, sample)."""
    shown = learned.network.shown
    chance = image.astype(np.float64) * shown.chance(attempt)
    limits = [int(value * 2.0**64) for value in chance]
    sample = _mix(_mix(learned.seed + GOLDEN * place[0]) + GOLDEN * place[1])
    steps = [_mix(sample + GOLDEN * step) for step in range(shown.steps)]
    return np.array([[_mix(now + GOLDEN * i) < limit for i, limit in enumerate(limits)] for now in steps])


def _mix(z: int) -> int:
    """The finaliser of splitmix64, in plain integers."""
    z &= _MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _MASK
    return z ^ (z >> 31)


def _present(network: WinnerTakeAll, state: tuple[Array, Array], spikes: Array, learning: bool) -> Array:
    """Spikes of each neuron in one presentation, `(neurons,)`."""
    weights, theta = state
    cell, real = network.neuron, np.float32
    decay = real(1.0 - network.shown.step_ms / cell.tau_ms)
    deaf = round(cell.refractory_ms / network.shown.step_ms)
    potential, fired = np.zeros_like(theta), np.zeros(theta.size, np.int64)
    silent_until, before = np.zeros(theta.size, np.int64), -1
    for step, now in enumerate(spikes):
        current = np.zeros_like(theta)
        if before >= 0:
            current -= real(network.inhibition)
            current[before] = 0
        for i in np.flatnonzero(now):
            current = current + weights[i]
        potential = np.where(silent_until <= step, decay * potential + current, real(0))
        excess = (potential - theta) - real(cell.threshold)
        before = int(excess.argmax()) if excess.max() >= 0 else -1
        if before >= 0:
            fired[before] += 1
            potential[before] = 0
            silent_until[before] = step + 1 + deaf
            if learning:
                theta[before] += real(cell.theta_plus)
                weights[:, before] = _learned(network, weights[:, before], spikes[: step + 1])
    return fired


def _learned(network: WinnerTakeAll, weights: Array, spikes: Array) -> Array:
    """The weights of a neuron that fires now, after the spikes `(steps so far, inputs)`."""
    rule, real = network.rule, np.float32
    trace = np.zeros(weights.size, real)
    for i in range(weights.size):
        times = np.flatnonzero(spikes[:, i])
        if times.size:
            age = float(len(spikes) - 1 - times[-1]) * network.shown.step_ms
            trace[i] = np.exp(np.float64(-age / rule.trace_tau_ms))
    change = (real(rule.learning_rate) * (trace - real(rule.trace_target))) * (real(rule.weight_max) - weights)
    return np.clip(weights + change, real(0), real(rule.weight_max))


def _settle(network: WinnerTakeAll, state: tuple[Array, Array], fired: Array) -> None:
    """After a presentation: theta fades, and the weights of the neurons that fired are scaled to their sum."""
    weights, theta = state
    theta *= np.float32(exp(-(network.shown.shown_ms + network.shown.rest_ms) / network.neuron.theta_tau_ms))
    for neuron in np.flatnonzero(fired):
        total = 0.0
        for weight in weights[:, neuron]:
            total += float(weight)
        if total > 0:
            scaled = weights[:, neuron] * np.float32(network.rule.weight_sum / total)
            weights[:, neuron] = np.minimum(scaled, np.float32(network.rule.weight_max))
