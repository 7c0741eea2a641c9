"""Noise on the way of spikes, by the law of `snn.noise`, for the event engine."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn.engines.jit import compiled
from snn.noise import GOLDEN, Noise, SpikeDeletion

Array = NDArray[Any]


def transmit(
    events: tuple[Array, Array], public: Array, noise: tuple[Noise, ...], place: tuple[int, int, int]
) -> tuple[Array, Array]:
    """The spikes (index, ends) that arrive.

    `public`: public address of each engine address; `place` = (population, first sample, first step).
    """
    index, ends = events
    for one in noise:
        arrived, new_ends = np.empty_like(index), np.empty_like(ends)
        stream = 16 * place[0] + (0 if isinstance(one, SpikeDeletion) else 1)
        key = (np.uint64(one.seed), np.uint64(stream), np.uint64(place[1]), np.int64(place[2]))
        if isinstance(one, SpikeDeletion):
            limit = np.uint64(min(int(one.probability * 2.0**64), 2**64 - 1))
            _delete((index, ends), (arrived, new_ends), public, key, (limit, one.probability >= 1.0))
        else:
            _jitter((index, ends), (arrived, new_ends), public, key, np.int64(one.width))
        index, ends = arrived, new_ends
    return index, ends


@compiled
def _mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled
def _draw(seed, stream, sample, step, neuron):
    g = np.uint64(GOLDEN)
    z = _mix(seed + g * stream)
    z = _mix(z + g * sample)
    z = _mix(z + g * np.uint64(step))
    return _mix(z + g * np.uint64(neuron))


@compiled
def _delete(sent, arrived, public, key, limit):
    index, ends = sent
    kept, new_ends = arrived
    for s in range(index.shape[0]):
        count = 0
        new_ends[s, 0] = 0
        for t in range(ends.shape[1] - 1):
            for n in range(ends[s, t], ends[s, t + 1]):
                draw = _draw(key[0], key[1], key[2] + np.uint64(s), key[3] + t, public[index[s, n]])
                if not (limit[1] or draw < limit[0]):
                    kept[s, count] = index[s, n]
                    count += 1
            new_ends[s, t + 1] = count


@compiled
def _jitter(sent, arrived, public, key, width):
    index, ends = sent
    moved, new_ends = arrived
    steps = ends.shape[1] - 1
    for s in range(index.shape[0]):
        arrival = np.empty(ends[s, steps], np.int32)
        fill = np.zeros(steps + 1, np.int32)
        for t in range(steps):
            for n in range(ends[s, t], ends[s, t + 1]):
                draw = _draw(key[0], key[1], key[2] + np.uint64(s), key[3] + t, public[index[s, n]])
                shift = np.int64(draw % np.uint64(2 * width + 1)) - width
                arrival[n] = min(max(t + shift, 0), steps - 1)
                fill[arrival[n] + 1] += 1
        for t in range(steps):
            fill[t + 1] += fill[t]
        new_ends[s] = fill
        for n in range(ends[s, steps]):
            moved[s, fill[arrival[n]]] = index[s, n]
            fill[arrival[n]] += 1


def public_draws(seed: int, stream: int, first_sample: int, neurons: Array) -> NDArray[np.uint64]:
    """Draws of step 0 for public addresses `neurons (samples, n)`."""
    out = np.empty(neurons.shape, np.uint64)
    _draw_all(np.uint64(seed), np.uint64(stream), np.uint64(first_sample), neurons, out)
    return out


@compiled
def _draw_all(seed, stream, first_sample, neurons, out):
    for s in range(neurons.shape[0]):
        for n in range(neurons.shape[1]):
            out[s, n] = _draw(seed, stream, first_sample + np.uint64(s), 0, neurons[s, n])
