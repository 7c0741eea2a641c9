"""QuantReLU: no state, one step, a level of each neuron's sum."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled, inlined


class LevelsLaw(NamedTuple):
    """`multiplier (neurons,)`, `levels`; in integers the `shift` of the products, that of the sums, and the largest potential.

    `first`, `last (neurons,)`: the potentials from which on a neuron sends something, and its highest level, so that no product
    need be larger; in integers.
    """

    multiplier: NDArray[Any]
    levels: Any
    shift: int
    sum_shift: int
    top: int
    first: NDArray[np.int64]
    last: NDArray[np.int64]


SOME = 16
"""Neurons that are looked at together: most of a quiet map sends nothing."""


@compiled
def fire_levels_float(drive, cells, law, answer):
    """y = clip(floor((S + b) m + 1/2), 0, levels), the potential rounded to float32."""
    S, b = drive.sums, drive.bias[0]
    for s in range(S.shape[0]):
        count = 0
        for q in range(S.shape[2]):
            U = np.float32(S[s, 0, q] + b[q])
            level = min(max(np.floor(np.float64(U) * law.multiplier[q] + 0.5), 0.0), law.levels)
            if answer.trace.size:
                answer.trace[s, 0, q] = U
            if level > 0:
                answer.address[s, count], answer.value[s, count] = q, level
                count += 1
        answer.ends[s, 0], answer.ends[s, 1] = 0, count


@compiled
def fire_levels_fixed(drive, cells, law, answer):
    """y = clip((sat((S << sum shift) + b) m + 2**(shift - 1)) >> shift, 0, levels)."""
    b, first, shift = drive.bias[0], law.first, law.sum_shift
    for s in range(drive.sums.shape[0]):
        S, address, value, count = drive.sums[s, 0], answer.address[s], answer.value[s], np.uint64(0)
        if answer.trace.size:
            _note_potentials(S, b, law, answer.trace[s, 0])
        for q in range(np.uint64(0), np.uint64(S.size), np.uint64(SOME)):
            stop, able = min(q + np.uint64(SOME), np.uint64(S.size)), False
            for j in range(q, stop):
                able |= (np.int64(S[j]) << shift) + b[j] >= first[j]
            if able:
                for j in range(q, stop):
                    level = _level(S[j], b[j], j, law)
                    address[count], value[count] = j, level
                    count += np.uint64(level > 0)
        answer.ends[s, 0], answer.ends[s, 1] = 0, count


@inlined
def _level(S, b, j, law):
    V = (np.int64(S) << law.sum_shift) + b
    V = min(
        max(V, 0), min(law.last[j], law.top)
    )  # what is beyond changes no level, and its product could leave 64 bits
    return min((V * law.multiplier[j] + ((np.int64(1) << law.shift) >> 1)) >> law.shift, law.levels)


@inlined
def _note_potentials(S, b, law, trace):
    for j in range(S.size):
        trace[j] = min(max((np.int64(S[j]) << law.sum_shift) + b[j], -law.top - 1), law.top)
