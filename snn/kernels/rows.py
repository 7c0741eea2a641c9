"""The route by rows: the weights of an event are added to its targets row by row."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.planes import plane_of


class WeightRows(NamedTuple):
    """Where the weight rows of each source go. An event of source i adds, for the taps k of its pattern,

        plane[base[i] + to[k] : + length[k]] += weights[row[i] + start[k] : + length[k]]
        with first_tap[pattern[i]] <= k < first_tap[pattern[i] + 1]

    `fanout (sources,)`: synaptic operations of one event. A source of pattern -1 reaches nothing.
    """

    base: NDArray[np.int32]
    row: NDArray[np.int32]
    pattern: NDArray[np.int32]
    first_tap: NDArray[np.int32]
    to: NDArray[np.int32]
    start: NDArray[np.int32]
    length: NDArray[np.int32]
    fanout: NDArray[np.int64]
    weights: NDArray[Any]


@compiled
def deliver_spikes(planes, events, rows, operations):
    """Add the weights of every spike to `planes`; `operations (samples,)` gets the synaptic operations added."""
    for s in range(events.address.shape[0]):
        total = np.int64(0)
        for t in range(events.ends.shape[1] - 1):
            plane = plane_of(planes, s, t)
            total += add_step(plane, events.address[s], events.ends[s, t], events.ends[s, t + 1], rows)
        operations[s] += total


@compiled
def deliver_values(planes, events, rows, operations):
    """The same for events with a value: products. Operations of a weight: |number of spikes|, one where events are graded."""
    for s in range(events.address.shape[0]):
        for t in range(events.ends.shape[1] - 1):
            operations[s] += add_values(plane_of(planes, s, t), events, s, t, rows)


@inlined
def add_values(plane, events, s, t, rows):
    """Add the values of step t of sample s to a plane; the number of operations."""
    total = np.int64(0)
    for n in range(events.ends[s, t], events.ends[s, t + 1]):
        i, value = events.address[s, n], events.value[s, n]
        if rows.pattern[i] >= 0:
            total += rows.fanout[i] * (1 if events.graded else abs(np.int64(value)))
            _add_product(plane, rows, i, value)
    return total


@inlined
def _add_product(plane, rows, i, value):
    base, row, pattern = np.int64(rows.base[i]), np.int64(rows.row[i]), rows.pattern[i]
    for k in range(rows.first_tap[pattern], rows.first_tap[pattern + 1]):
        to, start = np.uint64(base + rows.to[k]), np.uint64(row + rows.start[k])
        for j in range(np.uint64(rows.length[k])):
            plane[to + j] += rows.weights[start + j] * value


@inlined
def add_step(plane, address, first, stop, rows):
    """Add the spikes address[first:stop] to a plane; the number of operations.

    Neighbours in the order of events often share their targets (the channels of a pixel; all inputs of a dense layer):
    their rows are added eight at a time, so that a target is read and written once for eight spikes.
    """
    total = np.int64(0)
    n = first
    while n < stop:
        base, pattern = rows.base[address[n]], rows.pattern[address[n]]
        m = n
        while m < stop and rows.base[address[m]] == base and rows.pattern[address[m]] == pattern:
            total += rows.fanout[address[m]]
            m += 1
        if pattern >= 0:
            _add_group(plane, rows, address, np.uint64(n), np.uint64(m))
        n = m
    return total


@inlined
def _add_group(plane, rows, address, first, last):
    """Add the spikes address[first:last], which share base and pattern, tap by tap.

    Addresses are unsigned and loops are inlined: a test for negative ones, or a call, would cost more than the additions.
    """
    weights, row = rows.weights, rows.row
    base, pattern = np.int64(rows.base[address[first]]), rows.pattern[address[first]]
    for k in range(rows.first_tap[pattern], rows.first_tap[pattern + 1]):
        to, start, length = np.uint64(base + rows.to[k]), np.uint64(rows.start[k]), np.uint64(rows.length[k])
        n = first
        while n + np.uint64(8) <= last:
            a, b = np.uint64(row[address[n]]) + start, np.uint64(row[address[n + np.uint64(1)]]) + start
            c, d = (
                np.uint64(row[address[n + np.uint64(2)]]) + start,
                np.uint64(row[address[n + np.uint64(3)]]) + start,
            )
            e, f = (
                np.uint64(row[address[n + np.uint64(4)]]) + start,
                np.uint64(row[address[n + np.uint64(5)]]) + start,
            )
            g, h = (
                np.uint64(row[address[n + np.uint64(6)]]) + start,
                np.uint64(row[address[n + np.uint64(7)]]) + start,
            )
            for j in range(length):
                four = (weights[a + j] + weights[b + j]) + (weights[c + j] + weights[d + j])
                plane[to + j] += four + ((weights[e + j] + weights[f + j]) + (weights[g + j] + weights[h + j]))
            n += np.uint64(8)
        if n + np.uint64(4) <= last:
            a, b = np.uint64(row[address[n]]) + start, np.uint64(row[address[n + np.uint64(1)]]) + start
            c, d = (
                np.uint64(row[address[n + np.uint64(2)]]) + start,
                np.uint64(row[address[n + np.uint64(3)]]) + start,
            )
            for j in range(length):
                plane[to + j] += (weights[a + j] + weights[b + j]) + (weights[c + j] + weights[d + j])
            n += np.uint64(4)
        while n < last:
            a = np.uint64(row[address[n]]) + start
            for j in range(length):
                plane[to + j] += weights[a + j]
            n += np.uint64(1)
