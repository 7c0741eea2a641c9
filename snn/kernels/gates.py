"""Spiking max-pool: which windows an input is in, and kernels that follow the largest accumulated count of each window."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled


class WindowMap(NamedTuple):
    """The windows of one projection into a gate. `source`, `target`: (rows, columns, channels); `offset`: first channel."""

    source: tuple[int, int, int]
    target: tuple[int, int, int]
    offset: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


class GateState(NamedTuple):
    """`counts (samples, sources)` of what has arrived, `largest (samples, windows)`, and what that changes by in each step.

    `change (samples, steps or 1, windows)` holds where `touched`, likewise but padded, is not 0.
    """

    counts: NDArray[np.int32]
    largest: NDArray[np.int32]
    change: NDArray[np.int32]
    touched: NDArray[np.uint8]


@compiled
def _holding(place, padding, kernel, stride, windows):
    """First and last window (exclusive) along an axis that hold `place`."""
    first = max(place + padding - kernel + stride, 0) // stride
    return first, min((place + padding) // stride + 1, windows)


@compiled
def _around(i, windows):
    """Rows top to bottom and columns left to right of the windows that hold source i, and its channel."""
    _, columns, channels = windows.source
    y, x, c = i // (columns * channels), i // channels % columns, i % channels
    pad, kernel, stride, target = windows.padding, windows.kernel, windows.stride, windows.target
    top, bottom = _holding(y, pad[0], kernel[0], stride[0], target[0])
    left, right = _holding(x, pad[1], kernel[1], stride[1], target[1])
    return top, bottom, left, right, c


@compiled
def _largest_of(held, row, column, channel, windows):
    """The largest of what the inputs of a window hold."""
    rows, columns, channels = windows.source
    top, left = row * windows.stride[0] - windows.padding[0], column * windows.stride[1] - windows.padding[1]
    first, best = True, held[0]
    for y in range(max(top, 0), min(top + windows.kernel[0], rows)):
        for x in range(max(left, 0), min(left + windows.kernel[1], columns)):
            value = held[(y * columns + x) * channels + channel]
            if first or value > best:
                first, best = False, value
    return best


@compiled
def follow(events, windows, state, operations):
    """Count spikes and keep the largest count of each window; note what it changes by in a step."""
    for s in range(events.address.shape[0]):
        total = np.int64(0)
        for t in range(events.ends.shape[1] - 1):
            plane = min(t, state.change.shape[1] - 1)
            for n in range(events.ends[s, t], events.ends[s, t + 1]):
                spikes = np.int64(events.value[s, n]) if events.value.shape[1] else 1
                reached = _count(np.int64(events.address[s, n]), spikes, windows, state, s, plane)
                total += reached * abs(spikes)
        operations[s] += total


@compiled
def _count(i, spikes, windows, state, s, plane):
    """Add to the count of one input; returns how many windows hold it."""
    counts, largest = state.counts[s], state.largest[s]
    change, touched = state.change[s, plane], state.touched[s, plane]
    before = counts[i]
    now = counts[i] = before + spikes
    top, bottom, left, right, c = _around(i, windows)
    for row in range(top, bottom):
        for column in range(left, right):
            o = (row * windows.target[1] + column) * windows.target[2] + windows.offset + c
            m = largest[o]
            new = m
            if now > m:
                new = now
            elif now < before and before == m:
                new = _largest_of(counts, row, column, c, windows)
            if new != m:
                change[o] = new - m if touched[o] == 0 else change[o] + new - m
                touched[o], largest[o] = 1, new
    return max(bottom - top, 0) * max(right - left, 0)


@compiled
def emit_changes(state, before, events, trace):
    """The changes as events in order of address; `before (samples, windows)`: the largest counts before these steps."""
    size = before.shape[1]
    for s in range(before.shape[0]):
        place = 0
        for t in range(state.touched.shape[1]):
            words = state.touched[s, t].view(np.uint64)
            for w in range(words.size):
                if words[w] == 0:
                    continue
                for i in range(8 * w, min(8 * w + 8, size)):
                    if state.touched[s, t, i] and state.change[s, t, i]:
                        events.address[s, place], events.value[s, place] = i, state.change[s, t, i]
                        before[s, i] += state.change[s, t, i]
                        place += 1
            events.ends[s, t + 1] = place
            if trace.size:
                trace[s, t] = before[s]


@compiled
def release(left, most, events, trace):
    """Layerwise: send what is `left (samples, windows)`, at most `most` spikes of a sign in a step."""
    for s in range(left.shape[0]):
        place = 0
        for t in range(events.ends.shape[1] - 1):
            for i in range(left.shape[1] if t == 0 or place > events.ends[s, t - 1] else 0):
                if left[s, i] != 0:
                    spikes = min(max(left[s, i], -most), most)
                    left[s, i] -= spikes
                    events.address[s, place], events.value[s, place] = i, spikes
                    place += 1
            events.ends[s, t + 1] = place
            if trace.size:
                trace[s, t] = left[s]


@compiled
def largest_graded(dense, windows, largest, operations):
    """Graded sources: the largest of `dense (samples, sources)` in each window; one operation for each value in it."""
    rows, columns, channels = windows.target
    for s in range(dense.shape[0]):
        for row in range(rows):
            for column in range(columns):
                for c in range(windows.source[2]):
                    o = (row * columns + column) * channels + windows.offset + c
                    largest[s, o] = _largest_of(dense[s], row, column, c, windows)
        total = np.int64(0)
        for i in range(dense.shape[1]):
            if dense[s, i] != 0:
                top, bottom, left, right, _ = _around(i, windows)
                total += max(bottom - top, 0) * max(right - left, 0)
        operations[s] += total
