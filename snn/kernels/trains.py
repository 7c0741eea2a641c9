"""Trains: what the sources of a projection send in each step of a chunk, packed four sources to a word for the dot products.

Sources that are silent in all steps at hand take no place. The others of a cell, the source channels of one pixel that one
group of targets reads, are packed four by four as they come; what is left of the last four sends nothing.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled, inlined

EVEN = np.uint32(0x00FF00FF)
"""The first and the third byte of a word."""


class Sources(NamedTuple):
    """The sources of a projection after pooling: slot = pixel * channels + channel, cell = slot // each.

    `slot (neurons,)`: of each source neuron, -1 for one that no window holds. `windows (pixels, n)`: the source pixels of each
    pooled one. `channels`: of a pixel; `each`: of a cell. `fanout (slots,)`: how many targets a spike reaches. `row_step`: places
    between the weight rows of neighbouring channels. `members`: the most of a four: 4, or 1, for words that are float32.
    """

    slot: NDArray[np.int32]
    windows: NDArray[np.int32]
    channels: int
    each: int
    fanout: NDArray[np.int64]
    row_step: int
    members: int


class Trains(NamedTuple):
    """What is packed of one sample, and the room to pack in.

    `words (fours * length,)`: four counts of each step of each four, `length` steps. `member (fours, 4)`: where their weight rows
    lie behind that of channel 0; those of nobody send nothing.
    `first (cells + 1,)`: the fours of each cell. `active`: the slots of a cell that sent, in their order.
    `counts (slots * length,)`, `mark (slots,)` and `fired (cells,)` serve events and hold zeros between calls.
    `square (length * 64,)` serves masks: the counts of 64 channels in all steps; `square_words`: the same, four in a word.
    """

    words: NDArray[Any]
    member: NDArray[np.uint64]
    first: NDArray[np.int32]
    counts: NDArray[np.uint8]
    mark: NDArray[np.uint8]
    active: NDArray[np.int32]
    fired: NDArray[np.uint8]
    square: NDArray[np.uint8]
    square_words: NDArray[np.uint32]
    length: int


@compiled
def pack_events(address, ends, value, sources, trains):
    """Pack the events of a sample, with a number of spikes each where `value` has any; the synaptic operations they take."""
    length, each, valued = np.uint64(trains.length), np.uint64(sources.each), value.size > 0
    members = np.uint64(sources.members)
    for t in range(np.uint64(ends.size - 1)):
        for n in range(np.uint64(ends[t]), np.uint64(ends[t + np.uint64(1)])):
            if sources.slot[np.uint64(address[n])] >= 0:
                slot = np.uint64(sources.slot[np.uint64(address[n])])
                trains.counts[slot * length + t] += np.uint8(value[n] if valued else 1)
                trains.mark[slot] = 1
                trains.fired[slot // each] = 1
    total, four = np.int64(0), np.uint64(0)
    for cell in range(np.uint64(trains.fired.size)):
        trains.first[cell] = four
        if trains.fired[cell]:
            count = _take_marks(cell * each, each, trains)
            layout = np.uint64(0), length, np.uint64(1)
            for a in range(np.uint64(0), count, members):
                total += pack_four(a, min(count - a, members), four, layout, trains.counts, sources, trains)
                four += np.uint64(1)
            for a in range(count):
                slot = np.uint64(trains.active[a])
                trains.counts[slot * length : (slot + np.uint64(1)) * length] = 0
            trains.fired[cell] = 0
    trains.first[trains.fired.size] = four
    return total


@inlined
def _take_marks(begin, each, trains):
    """Fill `active` with the slots of a cell that are marked, in their order, and unmark them; how many."""
    count = np.uint64(0)
    for slot in range(begin, begin + each):
        if trains.mark[slot]:
            trains.active[count] = slot
            count += np.uint64(1)
            trains.mark[slot] = 0
    return count


@inlined
def pack_four(a, count, four, layout, counts, sources, trains):
    """The slots active[a : a + count] as one four; the synaptic operations that they take.

    `layout` (base, scale, stride): the counts of slot s begin at (s - base) scale, those of the next step lie a stride on.
    """
    length, last = np.uint64(trains.length), count - np.uint64(1)
    base, scale, stride = layout
    i = np.uint64(trains.active[a])
    j = np.uint64(trains.active[a + min(np.uint64(1), last)])
    k = np.uint64(trains.active[a + min(np.uint64(2), last)])
    m = np.uint64(trains.active[a + last])
    of_j, of_k, of_m = np.uint8(255 * (count > 1)), np.uint8(255 * (count > 2)), np.uint8(255 * (count > 3))
    at_i, at_j, at_k, at_m = (i - base) * scale, (j - base) * scale, (k - base) * scale, (m - base) * scale
    even, odd = np.uint32(0), np.uint32(0)
    for t in range(length):
        go = t * stride
        word = np.uint32(counts[at_i + go]) | (np.uint32(counts[at_j + go] & of_j) << np.uint32(8))
        word |= np.uint32(counts[at_k + go] & of_k) << np.uint32(16)
        word |= np.uint32(counts[at_m + go] & of_m) << np.uint32(24)
        trains.words[four * length + t] = word
        even += word & EVEN
        odd += (word >> np.uint32(8)) & EVEN
    return note_four(a, count, four, (even, odd), sources, trains)


@inlined
def note_four(a, count, four, spikes, sources, trains):
    """Note the rows of a four; its synaptic operations by the spikes of its members, in 16 bits each."""
    total, channels = np.int64(0), np.uint32(sources.channels)
    begin = np.uint64(np.uint32(trains.active[a]) // channels * channels)
    for k in range(np.uint64(4)):
        slot = np.uint64(trains.active[a + min(k, count - np.uint64(1))])
        trains.member[four, k] = (slot - begin) * np.uint64(sources.row_step)
        if k < count:
            half = spikes[0] if k % np.uint64(2) == 0 else spikes[1]
            number = half & np.uint32(0xFFFF) if k < 2 else half >> np.uint32(16)
            total += np.int64(number) * sources.fanout[slot]
    return total
