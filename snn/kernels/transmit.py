"""Noise on the way of spikes, by the law of `snn.disturb.noise`, and what else decides on spikes one by one: stuck neurons,
limits.

Kernels read the events `sent` and write them to `out`, with values where that has columns for them. Events stay sorted, one
for a neuron and step.
"""

import numpy as np

from spikewright.snn.kernels.draws import at_step, draw, happens
from spikewright.snn.kernels.jit import compiled


@compiled
def _copy(sent, n, out, place, s):
    out.address[s, place] = sent.address[s, n]
    if sent.value.shape[1]:
        out.value[s, place] = sent.value[s, n]
    return place + 1


@compiled
def _single(i, out, place, s):
    """One spike of neuron i."""
    out.address[s, place] = i
    if out.value.shape[1]:
        out.value[s, place] = 1
    return place + 1


@compiled
def delete(sent, chance, drawing, out):
    """What a neuron sends in a step is lost by chance. Kind 0."""
    for s in range(sent.ends.shape[0]):
        place = 0
        out.ends[s, 0] = 0
        for t in range(sent.ends.shape[1] - 1):
            begun = at_step(drawing.keys[0], drawing.samples[s], drawing.start + t)
            for n in range(sent.ends[s, t], sent.ends[s, t + 1]):
                if not happens(chance, begun, drawing.public[sent.address[s, n]]):
                    place = _copy(sent, n, out, place, s)
            out.ends[s, t + 1] = place


@compiled
def insert(sent, chance, drawing, out):
    """A neuron of which nothing arrives seems to send one spike by chance. Kind 2."""
    for s in range(sent.ends.shape[0]):
        place, n = 0, sent.ends[s, 0]
        out.ends[s, 0] = 0
        for t in range(sent.ends.shape[1] - 1):
            begun, stop = at_step(drawing.keys[0], drawing.samples[s], drawing.start + t), sent.ends[s, t + 1]
            for i in range(drawing.public.size):
                if n < stop and sent.address[s, n] == i:
                    place = _copy(sent, n, out, place, s)
                    n += 1
                elif happens(chance, begun, drawing.public[i]):
                    place = _single(i, out, place, s)
            out.ends[s, t + 1] = place


@compiled
def jitter(sent, width, drawing, arrived, out):
    """Spikes arrive up to `width` steps earlier or later, kept inside the run; what meets is summed. Kind 1.

    `arrived (steps, neurons)`: room for the sums of one sample.
    """
    steps = sent.ends.shape[1] - 1
    for s in range(sent.ends.shape[0]):
        arrived[:] = 0
        for t in range(steps):
            begun = at_step(drawing.keys[0], drawing.samples[s], drawing.start + t)
            for n in range(sent.ends[s, t], sent.ends[s, t + 1]):
                i = sent.address[s, n]
                later = np.int64(draw(begun, drawing.public[i]) % np.uint64(2 * width + 1)) - width
                arrived[min(max(t + later, 0), steps - 1), i] += sent.value[s, n] if sent.value.shape[1] else 1
        place = 0
        out.ends[s, 0] = 0
        for t in range(steps):
            for i in range(drawing.public.size):
                if arrived[t, i] != 0:
                    out.address[s, place], out.value[s, place] = i, arrived[t, i]
                    place += 1
            out.ends[s, t + 1] = place


@compiled
def override(sent, stuck, out):
    """Neurons `stuck (neurons,)` at 0 or 1 send that, others (-1) what they send."""
    for s in range(sent.ends.shape[0]):
        place, n = 0, sent.ends[s, 0]
        out.ends[s, 0] = 0
        for t in range(sent.ends.shape[1] - 1):
            for i in range(stuck.size):
                fires = n < sent.ends[s, t + 1] and sent.address[s, n] == i
                if stuck[i] == 1:
                    place = _single(i, out, place, s)
                elif fires and stuck[i] < 0:
                    place = _copy(sent, n, out, place, s)
                n += fires
            out.ends[s, t + 1] = place


@compiled
def first_only(sent, passed, limit, out):
    """Each neuron's first `limit` spikes; `passed (samples, neurons)`: how many it sent so far."""
    for s in range(sent.ends.shape[0]):
        place = 0
        out.ends[s, 0] = 0
        for t in range(sent.ends.shape[1] - 1):
            for n in range(sent.ends[s, t], sent.ends[s, t + 1]):
                if passed[s, sent.address[s, n]] < limit:
                    passed[s, sent.address[s, n]] += 1
                    place = _copy(sent, n, out, place, s)
            out.ends[s, t + 1] = place
