"""IF, LIF and Integrator without more ado. Refractory steps, weighted steps and other rules: `snn.kernels.fire_general`.

`fire_float` and `fire_fixed` walk alike and differ in the step that they call: a kernel that took its step as an argument
would be compiled anew in every process, since Numba's cache does not know a passed function again.
"""

import numpy as np

from spikewright.snn.kernels.events import collect_spikes
from spikewright.snn.kernels.firing import TILE
from spikewright.snn.kernels.jit import compiled


@compiled
def fire_float(drive, cells, law, answer):
    """float32: U = decay V + (S + b). Sums are set to zero where nothing enters."""
    V, size = cells.potential, cells.potential.shape[1]
    for s in range(V.shape[0]):
        for tile in range(0, size, TILE):
            stop = min(size, tile + TILE)
            for t in range(drive.bias_row.size):
                sums = drive.sums[s, min(t, drive.sums.shape[1] - 1), tile:stop]
                if drive.sums_factor[t] == 0:
                    sums[:] = 0
                bias, fired = drive.bias[drive.bias_row[t], tile:stop], answer.flags[s, t, tile:stop]
                _step_float(sums, V[s, tile:stop], bias, law, fired, tile)
                if answer.trace.size:
                    answer.trace[s, t, tile:stop] = V[s, tile:stop]
        collect_spikes(answer.flags[s], size, answer.address[s], answer.ends[s])


@compiled
def _step_float(sums, V, bias, law, fired, tile):
    decay, to_zero = law.leak, law.to_zero
    thresholds = law.threshold[tile : tile + V.size]
    for j in range(V.size):
        U = decay * V[j] + (sums[j] + bias[j])
        fires = U >= thresholds[j]
        rest = np.float32(0) if to_zero else U - thresholds[j]
        V[j] = rest if fires else U
        fired[j] = fires


@compiled
def fire_fixed(drive, cells, law, answer):
    """Integers: U = sat(V - (V >> leak) + (S << shift) + b)."""
    V, size = cells.potential, cells.potential.shape[1]
    for s in range(V.shape[0]):
        for tile in range(0, size, TILE):
            stop = min(size, tile + TILE)
            for t in range(drive.bias_row.size):
                sums = drive.sums[s, min(t, drive.sums.shape[1] - 1), tile:stop]
                if drive.sums_factor[t] == 0:
                    sums[:] = 0
                bias, fired = drive.bias[drive.bias_row[t], tile:stop], answer.flags[s, t, tile:stop]
                _step_fixed(sums, V[s, tile:stop], bias, law, fired, tile)
                if answer.trace.size:
                    answer.trace[s, t, tile:stop] = V[s, tile:stop]
        collect_spikes(answer.flags[s], size, answer.address[s], answer.ends[s])


@compiled
def _step_fixed(sums, V, bias, law, fired, tile):
    thresholds, to_zero = law.threshold[tile : tile + V.size], law.to_zero
    kind = thresholds.dtype.type
    leak, shift, top, bottom = kind(law.leak), kind(law.shift), kind(law.top), kind(-law.top - 1)
    for j in range(V.size):
        U = kind(kind(V[j]) + kind(kind(kind(sums[j]) << shift) + bias[j]))
        if leak:
            U = kind(U - kind(kind(V[j]) >> leak))
        U = min(max(U, bottom), top)
        fires = U >= thresholds[j]
        rest = kind(0) if to_zero else kind(U - thresholds[j])
        V[j] = rest if fires else U
        fired[j] = fires
