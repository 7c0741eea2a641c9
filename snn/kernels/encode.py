"""Kernels of the spike codes: what the input sends in some steps, by the laws of `snn.codes`.

`pixels (samples, neurons)` float64 in engine order. `sent (samples, steps, padded neurons)` int8 gets the number of spikes
in the steps from `start`, or `drawing.start`, on. No step needs another one, but for `jittered` and `delta`, which keep a state.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.draws import at_step, draw, normal
from spikewright.snn.kernels.jit import compiled


class Periods(NamedTuple):
    """The numbers of a `snn.codes.JitteredPeriodic`."""

    shortest: float
    longest: float
    deviation: float
    silent: float


class CameraEvents(NamedTuple):
    """All events of a batch by sample, step and engine address: those of sample s are offsets[s]:offsets[s + 1]."""

    step: NDArray[Any]
    address: NDArray[np.int32]
    offsets: NDArray[np.int64]


@compiled
def pixel_events(images, samples, public, levels, events):
    """Graded events of floor(x levels + 1/2) where it is not zero, of images `(n, neurons)` in public order."""
    for s in range(np.uint64(samples.size)):
        row, address, value, count = images[samples[s]], events.address[s], events.value[s], np.uint64(0)
        for i in range(np.uint64(public.size)):
            number = np.floor(np.float64(row[public[i]]) * levels + 0.5)
            address[count], value[count] = i, number
            count += np.uint64(number != 0)
        events.ends[s, 0], events.ends[s, 1] = 0, count


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
def poisson(pixels, probability, drawing, sent):
    """One spike iff draw < floor(x probability 2**64). Kind 8."""
    for s in range(pixels.shape[0]):
        for t in range(sent.shape[1]):
            begun = at_step(drawing.keys[0], drawing.samples[s], drawing.start + t)
            for i in range(pixels.shape[1]):
                limit = pixels[s, i] * probability * 2.0**64
                certain = limit >= 2.0**64
                sent[s, t, i] = certain or (limit >= 1.0 and draw(begun, drawing.public[i]) < np.uint64(limit))


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
def jittered(pixels, law, time, number, drawing, sent):
    """Noisy periods; `law`: its `Periods`. Kinds 9 to 12.

    `time`, `number (samples, neurons)`: when the next spike comes and how many intervals were drawn for it.
    """
    start = drawing.start
    for s in range(pixels.shape[0]):
        sent[s] = 0
        sample = drawing.samples[s]
        for i in range(pixels.shape[1]):
            x, neuron = pixels[s, i], drawing.public[i]
            if x <= law.silent:
                continue
            period = 1.0 / (1.0 / law.shortest + (1.0 / law.longest - 1.0 / law.shortest) * (1.0 - x))
            spread = law.deviation * period
            if number[s, i] == 0:
                share = np.float64(draw(at_step(drawing.keys[3], sample, 0), neuron)) / 2.0**64
                time[s, i] = share * max(_interval(period, spread, drawing.keys, sample, neuron, 0), 0.0)
                number[s, i] = 1
            while time[s, i] < start + sent.shape[1]:
                sent[s, np.int64(time[s, i]) - start, i] = 1
                time[s, i] += max(_interval(period, spread, drawing.keys, sample, neuron, number[s, i]), 1.0)
                number[s, i] += 1


@compiled
def _interval(period, spread, keys, sample, neuron, k):
    n = normal(at_step(keys[0], sample, k), at_step(keys[1], sample, k), at_step(keys[2], sample, k), neuron)
    return period + spread * n


@compiled
def delta(frames, threshold, samples, engine, reference, start, sent):
    """Change against a `reference (samples, pixels)`, ON in the first half of the neurons.

    `frames (batch, steps or 1, pixels)` in public order; `engine`: the engine address of each public one.
    """
    for s in range(reference.shape[0]):
        sent[s] = 0
        for t in range(sent.shape[1]):
            frame = frames[samples[s], min(start + t, frames.shape[1] - 1)]
            for p in range(frame.size):
                x, r = np.float64(frame[p]), reference[s, p]
                if x - r >= threshold:
                    sent[s, t, engine[p]] = 1
                    reference[s, p] = r + threshold
                elif r - x >= threshold:
                    sent[s, t, engine[frame.size + p]] = 1
                    reference[s, p] = r - threshold


@compiled
def find_events(stream, samples, start, stop, places):
    """Where the camera events of steps `start` to `stop` lie, `places (samples, 2)`."""
    for s in range(samples.size):
        first, last = stream.offsets[samples[s]], stream.offsets[samples[s] + 1]
        places[s, 0] = first + np.searchsorted(stream.step[first:last], start)
        places[s, 1] = first + np.searchsorted(stream.step[first:last], stop)


@compiled
def addressed(stream, places, start, events):
    """Camera events, sorted by step and engine address; the same address again in a step adds to its value."""
    address, value, ends = events.address, events.value, events.ends
    for s in range(places.shape[0]):
        count, t = 0, 0
        ends[s, 0] = 0
        for n in range(places[s, 0], places[s, 1]):
            while t < stream.step[n] - start:
                t += 1
                ends[s, t] = count
            again = n > places[s, 0] and stream.step[n] == stream.step[n - 1]
            if again and stream.address[n] == stream.address[n - 1]:
                value[s, count - 1] += 1
                continue
            address[s, count] = stream.address[n]
            if value.shape[1]:
                value[s, count] = 1
            count += 1
        ends[s, t + 1 :] = count
