"""Kernels of the spike codes: what the input sends in the steps from `start` on, by the laws of `snn.codes`.

`pixels (samples, neurons)` float64 in engine order, `samples`: their numbers, `public`: public address of each neuron.
`sent (samples, steps, padded neurons)` int8 gets the number of spikes; no step needs another one, but for `jittered` and
`delta`, which keep a state.
"""

import numpy as np

from spikewright.snn.kernels.draws import at_step, draw, normal
from spikewright.snn.kernels.jit import compiled


@compiled
def rate(pixels, limit, start, sent):
    """floor(m x (t + 1) + 1/2) - floor(m x t + 1/2)."""
    for s in range(pixels.shape[0]):
        for t in range(sent.shape[1]):
            step = np.float64(start + t)
            for i in range(pixels.shape[1]):
                x = limit * pixels[s, i]
                sent[s, t, i] = np.floor(x * (step + 1.0) + 0.5) - np.floor(x * step + 0.5)


@compiled
def poisson(pixels, probability, start, where, sent):
    """One spike iff draw < floor(x probability 2**64); `where` = (key, samples, public)."""
    key, samples, public = where
    for s in range(pixels.shape[0]):
        for t in range(sent.shape[1]):
            begun = at_step(key, samples[s], start + t)
            for i in range(pixels.shape[1]):
                limit = pixels[s, i] * probability * 2.0**64
                sent[s, t, i] = limit >= 2.0**64 or (limit >= 1.0 and draw(begun, public[i]) < np.uint64(limit))


@compiled
def single(pixels, steps, silent, start, sent):
    """One spike in step floor((1 - x) (steps - 1) + 1/2)."""
    for s in range(pixels.shape[0]):
        sent[s] = 0
        for i in range(pixels.shape[1]):
            x = pixels[s, i]
            t = np.int64(np.floor((1.0 - x) * (steps - 1) + 0.5)) - start
            if x > silent and 0 <= t < sent.shape[1]:
                sent[s, t, i] = 1


@compiled
def phase(pixels, period, start, sent):
    """The binary digits of floor(x (2**period - 1) + 1/2), the largest first."""
    for s in range(pixels.shape[0]):
        for t in range(sent.shape[1]):
            place = period - 1 - (start + t) % period
            for i in range(pixels.shape[1]):
                X = np.int64(np.floor(pixels[s, i] * ((1 << period) - 1) + 0.5))
                sent[s, t, i] = (X >> place) & 1


@compiled
def jittered(pixels, law, where, state, start, sent):
    """Noisy periods. `law` = (shortest, longest, deviation, silent), `where` = (keys of kinds 9 to 12, samples, public).

    `state` = (time, number), each (samples, neurons): when the next spike comes and how many intervals were drawn for it.
    """
    shortest, longest, deviation, silent = law
    time, number = state
    for s in range(pixels.shape[0]):
        sent[s] = 0
        for i in range(pixels.shape[1]):
            x = pixels[s, i]
            if x <= silent:
                continue
            period = 1.0 / (1.0 / shortest + (1.0 / longest - 1.0 / shortest) * (1.0 - x))
            who = (where[1][s], where[2][i])
            if number[s, i] == 0:
                share = np.float64(draw(at_step(where[0][3], who[0], 0), who[1])) / 2.0**64
                time[s, i] = share * max(_interval(period, deviation, where[0], who, 0), 0.0)
                number[s, i] = 1
            while time[s, i] < start + sent.shape[1]:
                sent[s, np.int64(time[s, i]) - start, i] = 1
                time[s, i] += max(_interval(period, deviation, where[0], who, number[s, i]), 1.0)
                number[s, i] += 1


@compiled
def _interval(period, deviation, keys, who, k):
    n = normal(at_step(keys[0], who[0], k), at_step(keys[1], who[0], k), at_step(keys[2], who[0], k), who[1])
    return period + deviation * period * n


@compiled
def delta(frames, law, state, start, sent):
    """Change against a reference. `law` = (threshold, samples, engine address of each public one), ON in the first half.

    `frames (batch, steps or 1, pixels)` in public order; `state (samples, pixels)`: the references.
    """
    threshold, samples, engine = law
    for s in range(state.shape[0]):
        sent[s] = 0
        for t in range(sent.shape[1]):
            frame = frames[samples[s], min(start + t, frames.shape[1] - 1)]
            for p in range(frame.size):
                x, r = np.float64(frame[p]), state[s, p]
                if x - r >= threshold:
                    sent[s, t, engine[p]] = 1
                    state[s, p] = r + threshold
                elif r - x >= threshold:
                    sent[s, t, engine[frame.size + p]] = 1
                    state[s, p] = r - threshold


@compiled
def bounds(stream, samples, start, stop, out):
    """Where the events of steps `start` to `stop` lie, `out (samples, 2)`; `stream` = (step, address, offsets)."""
    step, _, offsets = stream
    for s in range(samples.size):
        first, last = offsets[samples[s]], offsets[samples[s] + 1]
        out[s, 0] = first + np.searchsorted(step[first:last], start)
        out[s, 1] = first + np.searchsorted(step[first:last], stop)


@compiled
def addressed(stream, places, start, out):
    """Camera events, sorted by step and engine address; the same address again in a step adds to its value."""
    step, address, _ = stream
    index, value, ends = out
    for s in range(places.shape[0]):
        count, t = 0, 0
        ends[s, 0] = 0
        for n in range(places[s, 0], places[s, 1]):
            while t < step[n] - start:
                t += 1
                ends[s, t] = count
            again = n > places[s, 0] and step[n] == step[n - 1] and address[n] == address[n - 1]
            if again:
                value[s, count - 1] += 1
                continue
            index[s, count] = address[n]
            if value.shape[1]:
                value[s, count] = 1
            count += 1
        ends[s, t + 1 :] = count
