"""Delivery: the compiled kernels that add the weights of events to the planes of summed inputs.

`S (samples, planes, neurons)`: summed inputs; one plane for each step, or a single one that serves all steps.
`index (samples, capacity)`, `ends (samples, steps + 1)`: the events of step t are index[ends[t]:ends[t + 1]], engine addresses.
`plan`: a `Scatter`. `operations (samples,)`: synaptic operations, added to.
"""

import numpy as np

from spikewright.snn.kernels.blocks import add_step_of_blocks
from spikewright.snn.kernels.jit import compiled, inlined


@inlined
def begin(plane, start, s):
    """A fresh plane of sample s: the constant one `start (samples, 1, neurons)`, or zero when that has no size."""
    if start.shape[2]:
        plane[:] = start[s, 0]
    else:
        plane[:] = 0


@compiled
def deliver_spikes(S, start, fresh, events, plan, operations):
    """Add the weights of every spike to its targets; count the operations of each sample.

    `fresh`: every plane begins as `start (samples, 1, neurons)`, or as zero when that has no size.
    """
    index, ends = events
    for s in range(index.shape[0]):
        total = np.int64(0)
        for t in range(ends.shape[1] - 1):
            plane = S[s, min(t, S.shape[1] - 1)]
            if fresh and t < S.shape[1]:
                begin(plane, start, s)
            total += add_step(plane, index[s], ends[s, t], ends[s, t + 1], plan)
        operations[s] += total


@compiled
def deliver_blocks(S, start, fresh, events, plan, blocks, operations):
    """`deliver_spikes` without empty blocks of weights."""
    index, ends = events
    for s in range(index.shape[0]):
        total = np.int64(0)
        for t in range(ends.shape[1] - 1):
            plane = S[s, min(t, S.shape[1] - 1)]
            if fresh and t < S.shape[1]:
                begin(plane, start, s)
            total += add_step_of_blocks(plane, index[s], ends[s, t], ends[s, t + 1], plan, blocks)
        operations[s] += total


@inlined
def add_step(plane, index, first, stop, plan):
    """Add the spikes index[first:stop] to a plane; the number of operations.

    Neighbours in the order of events often share their targets (the channels of a pixel; all inputs of a dense layer):
    their rows are added eight at a time, so that a target is read and written once for eight spikes.
    """
    total = np.int64(0)
    n = first
    while n < stop:
        base, pattern = plan.base[index[n]], plan.pattern[index[n]]
        m = n
        while m < stop and plan.base[index[m]] == base and plan.pattern[index[m]] == pattern:
            total += plan.fanout[index[m]]
            m += 1
        if pattern >= 0:
            _add_group(plane, plan, index, np.uint64(n), np.uint64(m))
        n = m
    return total


@inlined
def _add_group(plane, plan, index, first, last):
    """Add the spikes index[first:last], which share base and pattern, tap by tap.

    Addresses are unsigned and loops are inlined: a test for negative ones, or a call, would cost more than the additions.
    """
    weights, rows = plan.weights, plan.row
    base, pattern = np.int64(plan.base[index[first]]), plan.pattern[index[first]]
    for k in range(plan.first_tap[pattern], plan.first_tap[pattern + 1]):
        to, start, length = np.uint64(base + plan.to[k]), np.uint64(plan.start[k]), np.uint64(plan.length[k])
        n = first
        while n + np.uint64(8) <= last:
            a, b = np.uint64(rows[index[n]]) + start, np.uint64(rows[index[n + np.uint64(1)]]) + start
            c, d = np.uint64(rows[index[n + np.uint64(2)]]) + start, np.uint64(rows[index[n + np.uint64(3)]]) + start
            e, f = np.uint64(rows[index[n + np.uint64(4)]]) + start, np.uint64(rows[index[n + np.uint64(5)]]) + start
            g, h = np.uint64(rows[index[n + np.uint64(6)]]) + start, np.uint64(rows[index[n + np.uint64(7)]]) + start
            for j in range(length):
                four = (weights[a + j] + weights[b + j]) + (weights[c + j] + weights[d + j])
                plane[to + j] += four + ((weights[e + j] + weights[f + j]) + (weights[g + j] + weights[h + j]))
            n += np.uint64(8)
        if n + np.uint64(4) <= last:
            a, b = np.uint64(rows[index[n]]) + start, np.uint64(rows[index[n + np.uint64(1)]]) + start
            c, d = np.uint64(rows[index[n + np.uint64(2)]]) + start, np.uint64(rows[index[n + np.uint64(3)]]) + start
            for j in range(length):
                plane[to + j] += (weights[a + j] + weights[b + j]) + (weights[c + j] + weights[d + j])
            n += np.uint64(4)
        while n < last:
            a = np.uint64(rows[index[n]]) + start
            for j in range(length):
                plane[to + j] += weights[a + j]
            n += np.uint64(1)


@compiled
def deliver_graded(S, index, value, ends, plan, operations):
    """The same for events with a value, once: products instead of additions."""
    for s in range(index.shape[0]):
        total = np.int64(0)
        for n in range(ends[s, 0], ends[s, 1]):
            i = index[s, n]
            if plan.pattern[i] >= 0:
                total += plan.fanout[i]
                _add_graded(S[s, 0], plan, i, value[s, n])
        operations[s] += total


@inlined
def _add_graded(plane, plan, i, value):
    base, row, pattern = np.int64(plan.base[i]), np.int64(plan.row[i]), plan.pattern[i]
    for k in range(plan.first_tap[pattern], plan.first_tap[pattern + 1]):
        to, start = np.uint64(base + plan.to[k]), np.uint64(row + plan.start[k])
        for j in range(np.uint64(plan.length[k])):
            plane[to + j] += plan.weights[start + j] * value


@compiled
def deliver_valued(S, start, fresh, events, value, plan, operations):
    """The same for events with a small signed integer `value`, like `index`: products; |value| operations for each weight."""
    index, ends = events
    for s in range(index.shape[0]):
        total = np.int64(0)
        for t in range(ends.shape[1] - 1):
            plane = S[s, min(t, S.shape[1] - 1)]
            if fresh and t < S.shape[1]:
                begin(plane, start, s)
            for n in range(ends[s, t], ends[s, t + 1]):
                i = index[s, n]
                if plan.pattern[i] >= 0:
                    total += plan.fanout[i] * abs(np.int64(value[s, n]))
                    _add_graded(plane, plan, i, value[s, n])
        operations[s] += total
