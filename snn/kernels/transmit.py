"""Noise on the way of spikes, by the law of `snn.disturb.noise`, and what else decides on spikes one by one: stuck neurons,
limits.

Kernels read events `sent` = (index, ends, value) and write them to `out`, likewise, with values where they have columns.
`where` = (key, samples, first step, public address of each engine address). Events stay sorted, one for a neuron and step.
"""

import numpy as np

from spikewright.snn.kernels.draws import at_step, draw
from spikewright.snn.kernels.jit import compiled


@compiled
def _copy(sent, n, out, place, s):
    out[0][s, place] = sent[0][s, n]
    if sent[2].shape[1]:
        out[2][s, place] = sent[2][s, n]
    return place + 1


@compiled
def delete(sent, limit, where, out):
    """What a neuron sends in a step is lost iff draw < limit; `limit` = (number, certainly)."""
    key, samples, start, public = where
    index, ends, _ = sent
    for s in range(ends.shape[0]):
        place = 0
        out[1][s, 0] = 0
        for t in range(ends.shape[1] - 1):
            begun = at_step(key, samples[s], start + t)
            for n in range(ends[s, t], ends[s, t + 1]):
                if not (limit[1] or draw(begun, public[index[s, n]]) < limit[0]):
                    place = _copy(sent, n, out, place, s)
            out[1][s, t + 1] = place


@compiled
def insert(sent, limit, where, out):
    """A neuron of which nothing arrives seems to send one spike iff draw < limit."""
    key, samples, start, public = where
    index, ends, _ = sent
    for s in range(ends.shape[0]):
        place, n = 0, ends[s, 0]
        out[1][s, 0] = 0
        for t in range(ends.shape[1] - 1):
            begun, stop = at_step(key, samples[s], start + t), ends[s, t + 1]
            for i in range(public.size):
                if n < stop and index[s, n] == i:
                    place = _copy(sent, n, out, place, s)
                    n += 1
                elif limit[1] or draw(begun, public[i]) < limit[0]:
                    out[0][s, place] = i
                    if out[2].shape[1]:
                        out[2][s, place] = 1
                    place += 1
            out[1][s, t + 1] = place


@compiled
def jitter(sent, width, where, arrived, out):
    """Spikes arrive up to `width` steps earlier or later, kept inside the run; what meets is summed in `arrived`.

    `arrived (steps, neurons)`: scratch for one sample.
    """
    key, samples, start, public = where
    index, ends, value = sent
    steps = ends.shape[1] - 1
    for s in range(ends.shape[0]):
        arrived[:] = 0
        for t in range(steps):
            begun = at_step(key, samples[s], start + t)
            for n in range(ends[s, t], ends[s, t + 1]):
                i = index[s, n]
                later = np.int64(draw(begun, public[i]) % np.uint64(2 * width + 1)) - width
                arrived[min(max(t + later, 0), steps - 1), i] += value[s, n] if value.shape[1] else 1
        place = 0
        out[1][s, 0] = 0
        for t in range(steps):
            for i in range(public.size):
                if arrived[t, i] != 0:
                    out[0][s, place], out[2][s, place] = i, arrived[t, i]
                    place += 1
            out[1][s, t + 1] = place


@compiled
def override(sent, stuck, out):
    """Neurons `stuck (neurons,)` at 0 or 1 send that, others (-1) what they send."""
    index, ends, _ = sent
    for s in range(ends.shape[0]):
        place, n = 0, ends[s, 0]
        out[1][s, 0] = 0
        for t in range(ends.shape[1] - 1):
            for i in range(stuck.size):
                fires = n < ends[s, t + 1] and index[s, n] == i
                if stuck[i] == 1:
                    out[0][s, place] = i
                    if out[2].shape[1]:
                        out[2][s, place] = 1
                    place += 1
                elif fires and stuck[i] < 0:
                    place = _copy(sent, n, out, place, s)
                n += fires
            out[1][s, t + 1] = place


@compiled
def first_only(sent, passed, limit, out):
    """Each neuron's first `limit` spikes; `passed (samples, neurons)`: how many it sent so far."""
    index, ends, _ = sent
    for s in range(ends.shape[0]):
        place = 0
        out[1][s, 0] = 0
        for t in range(ends.shape[1] - 1):
            for n in range(ends[s, t], ends[s, t + 1]):
                if passed[s, index[s, n]] < limit:
                    passed[s, index[s, n]] += 1
                    place = _copy(sent, n, out, place, s)
            out[1][s, t + 1] = place
