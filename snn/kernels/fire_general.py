"""The general firing kernels: refractory steps, signed spikes, bursts, weighted steps. One rule for each record.

A tile of neurons is charged for one step, then the rule of the population decides on its potentials U.
`memory`: a SignedIF's own count, or the deaf steps that are left. Potentials are kept in the type in which they are computed.
"""

import numpy as np

from spikewright.snn.kernels.firing import TILE, collect
from spikewright.snn.kernels.jit import compiled

NEVER, THRESHOLD, SIGNED, TERNARY, BURST = range(5)


@compiled
def fire_rule_float(drive, cells, law, answer):
    """float32: U = decay V + (factor S + b), then the rule."""
    V, memory, size = cells.potential, cells.memory, cells.potential.shape[1]
    U = np.empty(TILE, V.dtype)
    for s in range(V.shape[0]):
        for tile in range(0, size, TILE):
            stop = min(size, tile + TILE)
            before = V[s, tile:stop]
            for t in range(drive.bias_row.size):
                sums = drive.sums[s, min(t, drive.sums.shape[1] - 1), tile:stop]
                factor, b = np.float32(drive.sums_factor[t]), drive.bias[drive.bias_row[t], tile:stop]
                for j in range(before.size):
                    U[j] = law.leak * before[j] + (factor * sums[j] + b[j])
                sent = answer.flags[s, t, tile:stop]
                _decide(U, before, memory[s, tile:stop], sent, law, tile, np.float32(drive.weight[t]))
                if answer.trace.size:
                    answer.trace[s, t, tile:stop] = before
        collect(answer, size, s)


@compiled
def fire_rule_fixed(drive, cells, law, answer):
    """Integers: U = sat(V - (V >> k) + factor (S << shift) + b), then the rule."""
    V, memory, size = cells.potential, cells.memory, cells.potential.shape[1]
    U = np.empty(TILE, V.dtype)
    kind = V.dtype.type
    leak, leaks = kind(law.leak), kind(1 if law.leak else 0)
    top, bottom = kind(law.top), kind(-law.top - 1)
    for s in range(V.shape[0]):
        for tile in range(0, size, TILE):
            stop = min(size, tile + TILE)
            before = V[s, tile:stop]
            for t in range(drive.bias_row.size):
                sums = drive.sums[s, min(t, drive.sums.shape[1] - 1), tile:stop]
                factor, b = (
                    kind(kind(drive.sums_factor[t]) << kind(law.shift)),
                    drive.bias[drive.bias_row[t], tile:stop],
                )
                for j in range(before.size):
                    u = kind(kind(before[j] - kind(leaks * kind(before[j] >> leak))) + b[j])
                    u = kind(u + kind(factor * kind(sums[j])))
                    U[j] = min(max(u, bottom), top)
                sent = answer.flags[s, t, tile:stop]
                _decide(U, before, memory[s, tile:stop], sent, law, tile, kind(drive.weight[t]))
                if answer.trace.size:
                    answer.trace[s, t, tile:stop] = before
        collect(answer, size, s)


@compiled
def _decide(U, V, memory, sent, law, tile, weight):
    """What a tile sends at U and what stays in V."""
    thresholds = law.threshold[tile : tile + V.size]
    if law.rule == NEVER:
        V[:] = U[: V.size]
        sent[:] = 0
    elif law.rule == THRESHOLD:
        _threshold(U, V, memory, sent, thresholds, weight, law)
    elif law.rule == SIGNED:
        _signed(U, V, memory, sent, thresholds, law.limit)
    elif law.rule == TERNARY:
        _ternary(U, V, sent, thresholds, law.negative[tile : tile + V.size])
    else:
        _burst(U, V, sent, thresholds, law.limit)


@compiled
def _threshold(U, V, memory, sent, thresholds, weight, law):
    """IF and LIF. Deaf neurons keep V and send nothing."""
    for j in range(V.size):
        if memory[j] > 0:
            memory[j] -= 1
            sent[j] = 0
            continue
        threshold = weight * thresholds[j]
        fires = U[j] >= threshold
        rest = V.dtype.type(0) if law.to_zero else U[j] - threshold
        V[j] = rest if fires else U[j]
        sent[j] = fires
        memory[j] = law.refractory if fires else 0


@compiled
def _signed(U, V, count, sent, thresholds, limit):
    """SignedIF; no limit is a limit of -1."""
    for j in range(V.size):
        up = U[j] >= thresholds[j] and (limit < 0 or count[j] < limit)
        down = not up and U[j] < 0 and count[j] > 0
        V[j] = U[j] - thresholds[j] if up else (U[j] + thresholds[j] if down else U[j])
        sent[j] = 1 if up else (-1 if down else 0)
        count[j] += sent[j]


@compiled
def _ternary(U, V, sent, thresholds, negatives):
    for j in range(V.size):
        up, down = U[j] >= thresholds[j], U[j] <= -negatives[j]
        V[j] = U[j] - thresholds[j] if up else (U[j] + negatives[j] if down else U[j])
        sent[j] = 1 if up else (-1 if down else 0)


@compiled
def _burst(U, V, sent, thresholds, limit):
    for j in range(V.size):
        left, count = U[j], 0
        while left >= thresholds[j] and count < limit:
            left = V.dtype.type(left - thresholds[j])
            count += 1
        V[j] = left
        sent[j] = count
