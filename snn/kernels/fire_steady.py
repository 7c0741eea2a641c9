"""IF without leak under a drive that is the same in every step: only neurons that can ever fire are stepped.

With d = S + b <= 0 and V < threshold a neuron never fires, now or later: V only falls, as it does when the drive ends.
Its potential is then left as it is, so these kernels are for runs that do not record potentials. The others, few where a
network is sparse, are packed together; each makes the very steps of `snn.kernels.fire_plain`, one for one.
"""

import numpy as np

from spikewright.snn.kernels.events import collect_spikes
from spikewright.snn.kernels.jit import compiled, inlined


@compiled
def fire_steady_float(drive, cells, law, answer):
    """float32, as `fire_float` with one plane of sums and the bias of the first step."""
    S, V, b, thresholds = drive.sums, cells.potential, drive.bias[drive.bias_row[0]], law.threshold
    steps, size = drive.bias_row.size, V.shape[1]
    chosen, current = np.empty(size + 8, np.int32), np.empty(size, np.float32)
    potential, threshold = np.empty(size, np.float32), np.empty(size, np.float32)
    room = np.empty(steps * (size + 8), np.int8)
    for s in range(V.shape[0]):
        able = answer.flags[s, 0]
        for j in range(size):
            able[j] = (S[s, 0, j] + b[j] > np.float32(0)) | (V[s, j] >= thresholds[j])
        count = _choose(able, size, chosen)
        for k in range(count):
            j = np.uint64(chosen[k])
            current[k], potential[k], threshold[k] = S[s, 0, j] + b[j], V[s, j], thresholds[j]
        packed = _packed(room, steps, count)
        for t in range(steps):
            fired = packed[t]
            for k in range(count):
                U = potential[k] + current[k]
                fires = U >= threshold[k]
                rest = np.float32(0) if law.to_zero else U - threshold[k]
                potential[k] = rest if fires else U
                fired[k] = fires
        collect_spikes(packed, count, answer.address[s], answer.ends[s])
        _name(answer.address[s], answer.ends[s], chosen)
        for k in range(count):
            V[s, np.uint64(chosen[k])] = potential[k]


@compiled
def fire_steady_fixed(drive, cells, law, answer):
    """Integers, as `fire_fixed`."""
    S, V, b, thresholds = drive.sums, cells.potential, drive.bias[drive.bias_row[0]], law.threshold
    kind = thresholds.dtype.type
    shift, top, bottom = kind(law.shift), kind(law.top), kind(-law.top - 1)
    steps, size = drive.bias_row.size, V.shape[1]
    chosen, current = np.empty(size + 8, np.int32), np.empty(size, thresholds.dtype)
    potential, threshold = np.empty(size, thresholds.dtype), np.empty(size, thresholds.dtype)
    room = np.empty(steps * (size + 8), np.int8)
    for s in range(V.shape[0]):
        able = answer.flags[s, 0]
        for j in range(size):
            d = kind(kind(kind(S[s, 0, j]) << shift) + b[j])
            able[j] = (d > 0) | (kind(V[s, j]) >= thresholds[j])
        count = _choose(able, size, chosen)
        for k in range(count):
            j = np.uint64(chosen[k])
            current[k] = kind(kind(kind(S[s, 0, j]) << shift) + b[j])
            potential[k], threshold[k] = V[s, j], thresholds[j]
        packed = _packed(room, steps, count)
        for t in range(steps):
            fired = packed[t]
            for k in range(count):
                U = min(max(kind(potential[k] + current[k]), bottom), top)
                fires = U >= threshold[k]
                rest = kind(0) if law.to_zero else kind(U - threshold[k])
                potential[k] = rest if fires else U
                fired[k] = fires
        collect_spikes(packed, count, answer.address[s], answer.ends[s])
        _name(answer.address[s], answer.ends[s], chosen)
        for k in range(count):
            V[s, np.uint64(chosen[k])] = potential[k]


@inlined
def _choose(able, size, chosen):
    """Addresses of the flags that are set; how many."""
    able[size:] = 0
    words = able.view(np.uint64)
    count = np.uint64(0)
    for w in range(np.uint64(words.size)):
        if words[w] != 0:
            first = np.uint64(8) * w
            for k in range(np.uint64(8)):
                chosen[count] = first + k
                count += np.uint64(able[first + k])
    return np.int64(count)


@inlined
def _packed(room, steps, count):
    """Flags of so many neurons in each step, a whole number of words."""
    width = (count + 7) // 8 * 8
    return room[: steps * width].reshape((steps, width))


@inlined
def _name(address, ends, chosen):
    """From places among the packed neurons to addresses."""
    for n in range(np.uint64(ends[ends.size - 1])):
        address[n] = chosen[np.uint64(address[n])]
