"""QuantReLU: no state, one step, a level of each neuron's sum."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled


class LevelsLaw(NamedTuple):
    """`multiplier (neurons,)`, `levels`; in integers the `shift` of the products, that of the sums, and the largest potential.

    `last (neurons,)`: the potential from which on a neuron sends its highest level, so that no product need be larger.
    """

    multiplier: NDArray[Any]
    levels: Any
    shift: int
    sum_shift: int
    top: int
    last: NDArray[np.int64]


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
    S, b = drive.sums, drive.bias[0]
    half = (np.int64(1) << law.shift) >> 1
    for s in range(S.shape[0]):
        count = 0
        for q in range(S.shape[2]):
            U = (np.int64(S[s, 0, q]) << law.sum_shift) + b[q]
            U = min(max(U, -law.top - 1), law.top)
            V = min(max(U, 0), law.last[q])  # what is beyond changes no level, and its product could leave 64 bits
            level = min((V * law.multiplier[q] + half) >> law.shift, law.levels)
            if answer.trace.size:
                answer.trace[s, 0, q] = U
            if level > 0:
                answer.address[s, count], answer.value[s, count] = q, level
                count += 1
        answer.ends[s, 0], answer.ends[s, 1] = 0, count
