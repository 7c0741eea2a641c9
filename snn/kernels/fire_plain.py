"""Kernels that let populations fire: IF, LIF and Integrator without more ado, and QuantReLU. Others: `snn.kernels.fire_general`.

`fire_float` and `fire_fixed` walk alike and differ in the rule that they call: a kernel that took its rule as an argument
would be compiled anew in every process, since Numba's cache does not know a passed function again.
`S (samples, planes, neurons)`: summed inputs; one plane for each step, or a single one that serves all steps.
`index (samples, capacity)`, `ends (samples, steps + 1)`: the events of step t are index[ends[t]:ends[t + 1]], engine addresses.
`bias (2, neurons)`: the current of the steps with charge, and none; `rows (steps,)`: which of them. `gather`: the first
plane holds the whole window.
"""

import numpy as np

from spikewright.snn.kernels.events import collect_spikes
from spikewright.snn.kernels.jit import compiled

TILE = 1024
"""Neurons that stay in the first-level cache while all steps of a chunk pass over them."""


@compiled
def fire_float(S, V, bias, rows, neuron, out):
    """float32 IF, LIF, Integrator: U = decay V + (S + b); `neuron` = (thresholds, decay, reset to zero, gather)."""
    index, ends, flags, trace = out
    steps, size = ends.shape[1] - 1, V.shape[1]
    for s in range(V.shape[0]):
        for tile in range(0, size, TILE):
            rest = min(size, tile + TILE)
            for t in range(steps):
                current = S[s, min(t, S.shape[1] - 1), tile:rest]
                if neuron[3] and t > 0:
                    current[:] = 0
                _step_float(current, V[s, tile:rest], bias[rows[t], tile:rest], neuron, flags[s, t, tile:rest], tile)
                if trace.size:
                    trace[s, t, tile:rest] = V[s, tile:rest]
        collect_spikes(flags[s], size, index[s], ends[s])


@compiled
def _step_float(current, V, bias, neuron, fired, tile):
    decay, to_zero = neuron[1], neuron[2]
    thresholds = neuron[0][tile : tile + V.size]
    for j in range(V.size):
        U = decay * V[j] + (current[j] + bias[j])
        fires = U >= thresholds[j]
        rest = np.float32(0) if to_zero else U - thresholds[j]
        V[j] = rest if fires else U
        fired[j] = fires


@compiled
def fire_fixed(S, V, bias, rows, neuron, out):
    """Integers: U = sat(V - (V >> leak) + (S << shift) + b); `neuron` = (thresholds, leak, shift, top, to zero, gather)."""
    index, ends, flags, trace = out
    steps, size = ends.shape[1] - 1, V.shape[1]
    for s in range(V.shape[0]):
        for tile in range(0, size, TILE):
            rest = min(size, tile + TILE)
            for t in range(steps):
                current = S[s, min(t, S.shape[1] - 1), tile:rest]
                if neuron[5] and t > 0:
                    current[:] = 0
                _step_fixed(current, V[s, tile:rest], bias[rows[t], tile:rest], neuron, flags[s, t, tile:rest], tile)
                if trace.size:
                    trace[s, t, tile:rest] = V[s, tile:rest]
        collect_spikes(flags[s], size, index[s], ends[s])


@compiled
def _step_fixed(current, V, bias, neuron, fired, tile):
    leak, shift, top, to_zero = neuron[1], neuron[2], neuron[3], neuron[4]
    thresholds = neuron[0][tile : tile + V.size]
    kind = thresholds.dtype.type
    bottom = kind(-top - 1)
    for j in range(V.size):
        U = kind(kind(V[j]) + kind(kind(kind(current[j]) << shift) + bias[j]))
        if leak:
            U = kind(U - kind(kind(V[j]) >> leak))
        U = min(max(U, bottom), top)
        fires = U >= thresholds[j]
        rest = kind(0) if to_zero else kind(U - thresholds[j])
        V[j] = rest if fires else U
        fired[j] = fires


@compiled
def quantise_float(S, bias, neuron, out):
    """QuantReLU in float: y = clip(floor((S + b) m + 1/2), 0, levels); `neuron` = (multipliers, levels)."""
    index, value, ends, trace = out
    multipliers, levels = neuron
    for s in range(S.shape[0]):
        count = 0
        for q in range(S.shape[2]):
            U = np.float32(S[s, 0, q] + bias[0, q])
            level = min(max(np.floor(np.float64(U) * multipliers[q] + 0.5), 0.0), levels)
            if trace.size:
                trace[s, 0, q] = U
            if level > 0:
                index[s, count], value[s, count] = q, level
                count += 1
        ends[s, 0], ends[s, 1] = 0, count


@compiled
def quantise_fixed(S, bias, neuron, out):
    """QuantReLU in integers: y = clip((sat((S << up) + b) m + 2**(shift - 1)) >> shift, 0, levels).

    `neuron` = (m, levels, shift, up, top).
    """
    index, value, ends, trace = out
    multipliers, levels, shift, up, top = neuron
    half = (np.int64(1) << shift) >> 1
    for s in range(S.shape[0]):
        count = 0
        for q in range(S.shape[2]):
            U = (np.int64(S[s, 0, q]) << up) + bias[0, q]
            U = min(max(U, -top - 1), top)
            level = min(max((U * multipliers[q] + half) >> shift, 0), levels)
            if trace.size:
                trace[s, 0, q] = U
            if level > 0:
                index[s, count], value[s, count] = q, level
                count += 1
        ends[s, 0], ends[s, 1] = 0, count
