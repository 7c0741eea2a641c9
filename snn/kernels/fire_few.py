"""Few-spike neurons: thresholds and resets of their own in each step of the run."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.events import collect_spikes
from spikewright.snn.kernels.jit import compiled


class FewSpikeLaw(NamedTuple):
    """`threshold (neurons,)`; `crossing`, `reset (steps of the run,)`: its factors in each step; `shift`, `top` in integers."""

    threshold: NDArray[Any]
    crossing: NDArray[Any]
    reset: NDArray[Any]
    shift: int
    top: int


@compiled
def fire_few_float(drive, cells, law, answer):
    """float32: U = V + (factor S + b)."""
    S, V, thresholds = drive.sums, cells.potential, law.threshold
    for s in range(V.shape[0]):
        for t in range(drive.bias_row.size):
            sums, b, k = S[s, min(t, S.shape[1] - 1)], drive.bias[drive.bias_row[t]], drive.number[t]
            factor = np.float32(drive.sums_factor[t])
            for j in range(V.shape[1]):
                U = V[s, j] + (factor * sums[j] + b[j])
                fires = U >= thresholds[j] * law.crossing[k]
                V[s, j] = U - thresholds[j] * law.reset[k] if fires else U
                answer.flags[s, t, j] = fires
            if answer.trace.size:
                answer.trace[s, t] = V[s]
        collect_spikes(answer.flags[s], V.shape[1], answer.address[s], answer.ends[s])


@compiled
def fire_few_fixed(drive, cells, law, answer):
    """Integers: U = sat(V + factor (S << shift) + b)."""
    S, V, thresholds = drive.sums, cells.potential, law.threshold
    kind = thresholds.dtype.type
    top, bottom = kind(law.top), kind(-law.top - 1)
    for s in range(V.shape[0]):
        for t in range(drive.bias_row.size):
            sums, b, k = S[s, min(t, S.shape[1] - 1)], drive.bias[drive.bias_row[t]], drive.number[t]
            factor = kind(kind(drive.sums_factor[t]) << kind(law.shift))
            for j in range(V.shape[1]):
                U = kind(kind(V[s, j] + b[j]) + kind(factor * kind(sums[j])))
                U = min(max(U, bottom), top)
                fires = U >= kind(thresholds[j] * law.crossing[k])
                V[s, j] = kind(U - kind(thresholds[j] * law.reset[k])) if fires else U
                answer.flags[s, t, j] = fires
            if answer.trace.size:
                answer.trace[s, t] = V[s]
        collect_spikes(answer.flags[s], V.shape[1], answer.address[s], answer.ends[s])
