"""Neurons that add up what comes and compare, from sums that are all there: how often each has fired, and, if wanted, when.

For calibrations, which ask the same layer again and again with another bias and need its counts only.
"""

import numpy as np

from spikewright.snn.kernels.firing import TILE
from spikewright.snn.kernels.jit import compiled


@compiled
def tally(sums, row, factor, cells, counts, sent, samples):
    """float32: U = V + (S + factor b), +1 iff U >= up, else -1 iff U <= -down; V = U - up, U + down or U.

    `sums (rows, samples, neurons)`: step t takes row[t], `row (steps,)`. `factor (steps,)`: what the bias is multiplied by.
    `cells`: potential (samples, neurons), which is left as it is after the steps, and bias, up, down `(neurons,)`. Spikes are
    added to `counts (samples, neurons)`. `sent (steps, samples, neurons)` int8 is written; of one row it is room to work in.
    `samples`: the first to work on, and the one behind the last.
    """
    V, bias, up, down = cells
    size = V.shape[1]
    for s in range(samples[0], samples[1]):
        for tile in range(0, size, TILE):
            stop = min(size, tile + TILE)
            mine = V[s, tile:stop], bias[tile:stop], up[tile:stop], down[tile:stop]
            for t in range(row.size):
                fired = sent[min(t, sent.shape[0] - 1), s, tile:stop]
                _step(sums[row[t], s, tile:stop], factor[t], mine, counts[s, tile:stop], fired)


@compiled
def _step(sums, factor, mine, counts, fired):
    V, bias, up, down = mine
    for j in range(V.size):
        U = V[j] + (sums[j] + factor * bias[j])
        over, under = U >= up[j], U <= -down[j]
        V[j] = U - up[j] if over else (U + down[j] if under else U)
        spike = np.int8(over) - np.int8(under)
        counts[j] += np.float32(spike)
        fired[j] = spike
