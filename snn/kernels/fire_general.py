"""The general firing kernels: refractory steps, signed spikes, bursts, weighted phases. One rule for each record, compiled in.

A tile of neurons is charged for one step, then the rule of the population decides on its potentials U. Names as in
`snn.kernels.fire_plain`; `memory (samples, neurons)`: a SignedIF's own count, or the deaf steps that are left.
`timing` = (rows, charges, weights), each (steps,): which row of `bias` flows, what S is multiplied by (0: nothing flows),
and what thresholds are multiplied by.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.events import collect_spikes, collect_values
from spikewright.snn.kernels.fire_plain import TILE
from spikewright.snn.kernels.jit import compiled

NEVER, THRESHOLD, SIGNED, TERNARY, BURST = range(5)


class Rule(NamedTuple):
    """The law of a population as the kernels read it; arrays `(neurons,)` of the number type of its potentials.

    `leak`: the decay in float32, the shift k in integers. `shift`: of the sums. `limit`: of spikes a step (Burst) or in all.
    """

    kind: int
    threshold: NDArray[Any]
    negative: NDArray[Any]
    leak: Any
    shift: int
    top: int
    to_zero: bool
    limit: int
    refractory: int


@compiled
def fire_rule_float(S, V, memory, bias, timing, rule, out):
    """float32: U = decay V + (weight S + b), then the rule."""
    rows, charges, weights = timing
    index, value, ends, sent, trace = out
    U = np.empty(TILE, V.dtype)
    for s in range(V.shape[0]):
        for tile in range(0, V.shape[1], TILE):
            rest = min(V.shape[1], tile + TILE)
            for t in range(sent.shape[1]):
                before, current, b = V[s, tile:rest], S[s, min(t, S.shape[1] - 1), tile:rest], bias[rows[t], tile:rest]
                charge = np.float32(charges[t])
                for j in range(before.size):
                    U[j] = rule.leak * before[j] + (charge * current[j] + b[j])
                _decide(U, before, memory[s, tile:rest], sent[s, t, tile:rest], (rule, tile, np.float32(weights[t])))
                if trace.size:
                    trace[s, t, tile:rest] = before
        _collect(sent[s], V.shape[1], index[s], value[s], ends[s])


@compiled
def fire_rule_fixed(S, V, memory, bias, timing, rule, out):
    """Integers: U = sat(V - (V >> k) + weight (S << shift) + b), then the rule."""
    rows, charges, weights = timing
    index, value, ends, sent, trace = out
    U = np.empty(TILE, V.dtype)
    kind = V.dtype.type
    for s in range(V.shape[0]):
        for tile in range(0, V.shape[1], TILE):
            rest = min(V.shape[1], tile + TILE)
            for t in range(sent.shape[1]):
                before, current, b = V[s, tile:rest], S[s, min(t, S.shape[1] - 1), tile:rest], bias[rows[t], tile:rest]
                factor = kind(kind(charges[t]) << kind(rule.shift))
                leaks = kind(1 if rule.leak else 0)
                for j in range(before.size):
                    u = kind(kind(before[j] - kind(leaks * kind(before[j] >> kind(rule.leak)))) + b[j])
                    u = kind(u + kind(factor * kind(current[j])))
                    U[j] = min(max(u, kind(-rule.top - 1)), kind(rule.top))
                _decide(U, before, memory[s, tile:rest], sent[s, t, tile:rest], (rule, tile, kind(weights[t])))
                if trace.size:
                    trace[s, t, tile:rest] = before
        _collect(sent[s], V.shape[1], index[s], value[s], ends[s])


@compiled
def _collect(sent, size, index, value, ends):
    if value.size:
        collect_values(sent, size, index, value, ends)
    else:
        collect_spikes(sent, size, index, ends)


@compiled
def _decide(U, V, memory, sent, law):
    """What a tile sends at U and what stays in V."""
    rule, tile, weight = law
    thresholds = rule.threshold[tile : tile + V.size]
    if rule.kind == NEVER:
        V[:] = U[: V.size]
        sent[:] = 0
    elif rule.kind == THRESHOLD:
        _threshold(U, V, memory, sent, (thresholds, weight, rule.to_zero, rule.refractory))
    elif rule.kind == SIGNED:
        _signed(U, V, memory, sent, (thresholds, rule.limit))
    elif rule.kind == TERNARY:
        _ternary(U, V, sent, (thresholds, rule.negative[tile : tile + V.size]))
    else:
        _burst(U, V, sent, (thresholds, rule.limit))


@compiled
def _threshold(U, V, memory, sent, law):
    """IF and LIF. Deaf neurons keep V and send nothing."""
    thresholds, weight, to_zero, refractory = law
    for j in range(V.size):
        if memory[j] > 0:
            memory[j] -= 1
            sent[j] = 0
            continue
        threshold = weight * thresholds[j]
        fires = U[j] >= threshold
        rest = V.dtype.type(0) if to_zero else U[j] - threshold
        V[j] = rest if fires else U[j]
        sent[j] = fires
        memory[j] = refractory if fires else 0


@compiled
def _signed(U, V, count, sent, law):
    """SignedIF; no limit is a limit of -1."""
    thresholds, limit = law
    for j in range(V.size):
        up = U[j] >= thresholds[j] and (limit < 0 or count[j] < limit)
        down = not up and U[j] < 0 and count[j] > 0
        V[j] = U[j] - thresholds[j] if up else (U[j] + thresholds[j] if down else U[j])
        sent[j] = 1 if up else (-1 if down else 0)
        count[j] += sent[j]


@compiled
def _ternary(U, V, sent, law):
    thresholds, negatives = law
    for j in range(V.size):
        up, down = U[j] >= thresholds[j], U[j] <= -negatives[j]
        V[j] = U[j] - thresholds[j] if up else (U[j] + negatives[j] if down else U[j])
        sent[j] = 1 if up else (-1 if down else 0)


@compiled
def _burst(U, V, sent, law):
    thresholds, limit = law
    for j in range(V.size):
        left, count = U[j], 0
        while left >= thresholds[j] and count < limit:
            left = V.dtype.type(left - thresholds[j])
            count += 1
        V[j] = left
        sent[j] = count
