"""Spiking max-pool: which windows an input is in, and kernels that follow the largest accumulated count of each window."""

from typing import NamedTuple, cast

import numpy as np

from spikewright.snn.event.scatter import as_grid
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.network import Network, Projection
from spikewright.snn.synapses import Windows


class WindowPlan(NamedTuple):
    """The windows of one projection into a gate. `source`, `target`: (rows, columns, channels); `offset`: first channel."""

    source: tuple[int, int, int]
    target: tuple[int, int, int]
    offset: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


def compile_windows(network: Network, projection: Projection) -> WindowPlan:
    """The plan of a projection whose synapse is `Windows`."""
    synapse = cast(Windows, projection.synapse)
    (c, h, w), (channels, rows, columns) = (
        as_grid(network.by_name[name].shape) for name in (projection.source, projection.target)
    )
    offset = projection.channels[0] if projection.channels else 0
    return WindowPlan((h, w, c), (rows, columns, channels), offset, synapse.kernel, synapse.stride, synapse.padding)


@compiled
def _holding(place, padding, kernel, stride, windows):
    """First and last window (exclusive) along an axis that hold `place`."""
    first = max(place + padding - kernel + stride, 0) // stride
    return first, min((place + padding) // stride + 1, windows)


@compiled
def _largest_of(held, o, plan):
    """The largest of what the inputs of window `o` (row, column, source channel) hold."""
    rows, columns, channels = plan.source
    top, left = o[0] * plan.stride[0] - plan.padding[0], o[1] * plan.stride[1] - plan.padding[1]
    first, best = True, held[0]
    for y in range(max(top, 0), min(top + plan.kernel[0], rows)):
        for x in range(max(left, 0), min(left + plan.kernel[1], columns)):
            value = held[(y * columns + x) * channels + o[2]]
            if first or value > best:
                first, best = False, value
    return best


@compiled
def follow(events, plan, counts, largest, out, operations):
    """Count spikes and keep the largest count of each window; what it changes by in a step is noted in `out`.

    `events` = (index, ends, value); `counts (samples, sources)`, `largest (samples, windows)`; `out` = (change, touched), each
    `(samples, steps or 1, windows)`: changes are valid where touched.
    """
    index, ends, value = events
    change, touched = out
    for s in range(index.shape[0]):
        total = np.int64(0)
        for t in range(ends.shape[1] - 1):
            plane = min(t, change.shape[1] - 1)
            for n in range(ends[s, t], ends[s, t + 1]):
                spikes = np.int64(value[s, n]) if value.shape[1] else 1
                reached = _count(
                    np.int64(index[s, n]), spikes, plan, (counts[s], largest[s], change[s, plane], touched[s, plane])
                )
                total += reached * abs(spikes)
        operations[s] += total


@compiled
def _count(i, spikes, plan, state):
    """Add to the count of one input; returns how many windows hold it."""
    counts, largest, change, touched = state
    _, columns, channels = plan.source
    before = counts[i]
    now = counts[i] = before + spikes
    y, x, c = i // (columns * channels), i // channels % columns, i % channels
    top, bottom = _holding(y, plan.padding[0], plan.kernel[0], plan.stride[0], plan.target[0])
    left, right = _holding(x, plan.padding[1], plan.kernel[1], plan.stride[1], plan.target[1])
    for row in range(top, bottom):
        for column in range(left, right):
            o = (row * plan.target[1] + column) * plan.target[2] + plan.offset + c
            m = largest[o]
            new = m
            if now > m:
                new = now
            elif now < before and before == m:
                new = _largest_of(counts, (row, column, c), plan)
            if new != m:
                change[o] = new - m if touched[o] == 0 else change[o] + new - m
                touched[o], largest[o] = 1, new
    return max(bottom - top, 0) * max(right - left, 0)


@compiled
def emit_changes(changes, touched, before, size, out):
    """The changes as events in order of address; `before (samples, windows)`: the largest counts before these steps."""
    index, value, ends, trace = out
    for s in range(index.shape[0]):
        place = 0
        for t in range(touched.shape[1]):
            words = touched[s, t].view(np.uint64)
            for w in range(words.size):
                if words[w] == 0:
                    continue
                for i in range(8 * w, min(8 * w + 8, size)):
                    if touched[s, t, i] and changes[s, t, i]:
                        index[s, place], value[s, place] = i, changes[s, t, i]
                        before[s, i] += changes[s, t, i]
                        place += 1
            ends[s, t + 1] = place
            if trace.size:
                trace[s, t] = before[s, :size]


@compiled
def release(left, most, out):
    """Layerwise: send what is `left (samples, windows)`, at most `most` spikes of a sign in a step."""
    index, value, ends, trace = out
    for s in range(left.shape[0]):
        place = 0
        for t in range(ends.shape[1] - 1):
            for i in range(left.shape[1] if t == 0 or place > ends[s, t - 1] else 0):
                if left[s, i] != 0:
                    spikes = min(max(left[s, i], -most), most)
                    left[s, i] -= spikes
                    index[s, place], value[s, place] = i, spikes
                    place += 1
            ends[s, t + 1] = place
            if trace.size:
                trace[s, t] = left[s]


@compiled
def largest_graded(dense, plan, largest, operations):
    """Graded sources: the largest of `dense (samples, sources)` in each window; one operation for each value in it."""
    rows, columns, _ = plan.target
    for s in range(dense.shape[0]):
        for row in range(rows):
            for column in range(columns):
                for c in range(plan.source[2]):
                    o = (row * columns + column) * plan.target[2] + plan.offset + c
                    largest[s, o] = _largest_of(dense[s], (row, column, c), plan)
        total = np.int64(0)
        for i in range(dense.shape[1]):
            if dense[s, i] != 0:
                y, x = i // (plan.source[1] * plan.source[2]), i // plan.source[2] % plan.source[1]
                top, bottom = _holding(y, plan.padding[0], plan.kernel[0], plan.stride[0], plan.target[0])
                left, right = _holding(x, plan.padding[1], plan.kernel[1], plan.stride[1], plan.target[1])
                total += max(bottom - top, 0) * max(right - left, 0)
        operations[s] += total


@compiled
def place_values(events, dense):
    """Write graded events to `dense (samples, neurons)`."""
    index, ends, value = events
    for s in range(ends.shape[0]):
        for n in range(ends[s, 0], ends[s, 1]):
            dense[s, index[s, n]] = value[s, n]
