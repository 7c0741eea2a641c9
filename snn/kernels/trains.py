"""Trains: what the sources of a projection send in each step of a chunk, packed four sources to a word for the dot products.

Sources that are silent in all steps at hand take no place. The others of a cell, the source channels of one pixel that one
group of targets reads, are packed four by four as they come; what is left of the last four sends nothing.

Where steps are few, neighbouring samples lie side by side: column g planes + t is step t of the g-th, or all of its steps
where they share a plane, and a source that sent in any of the samples takes a place.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled, inlined

EVEN = np.uint32(0x00FF00FF)
"""The first and the third byte of a word."""


class Sources(NamedTuple):
    """The sources of a projection after pooling: slot = pixel * channels + channel, cell = slot // each.

    `slot (neurons,)`: of each source neuron, -1 for one that no window holds or that reaches nobody. `windows (pixels, n)`: the
    source pixels of each pooled one. `kept (pixels, words)`: the channels of a pooled pixel that reach anybody, as bits of words
    of 64. `channels`: of a pixel; `each`: of a cell. `fanout (slots,)`: how many targets a spike reaches. `row_step`: places
    between the weight rows of neighbouring channels. `members`: the most of a four: 4, or 1, for words that are float32.
    """

    slot: NDArray[np.int32]
    windows: NDArray[np.int32]
    kept: NDArray[np.uint64]
    channels: int
    each: int
    fanout: NDArray[np.int64]
    row_step: int
    members: int


class SampleShare(NamedTuple):
    """Samples that are packed together: `samples` of them from the `first` on, `planes` columns each, `columns` in all.

    `columns` is a multiple of four; those of nobody are zero.
    """

    first: np.uint64
    samples: np.uint64
    planes: np.uint64
    columns: np.uint64


class Trains(NamedTuple):
    """What is packed of some samples, and the room to pack in: `length` columns, of `samples` at most.

    `words (fours * columns,)`: four counts of each column of each four. `member (fours, 4)`: where their weight rows
    lie behind that of channel 0; those of nobody send nothing. `cell (fours,)`: where each belongs.
    `first (cells + 1,)`: the fours of each cell. `active`: the slots of a cell that sent, in their order.
    `counts (slots * length,)`, `mark (slots,)` and `fired (cells,)` serve events and hold zeros between calls.
    `square (length * 64,)` serves masks: the counts of 64 channels in all columns; `square_words`: the same, four in a word.
    """

    words: NDArray[Any]
    member: NDArray[np.uint64]
    cell: NDArray[np.int32]
    first: NDArray[np.int32]
    counts: NDArray[np.uint8]
    mark: NDArray[np.uint8]
    active: NDArray[np.int32]
    fired: NDArray[np.uint8]
    square: NDArray[np.uint8]
    square_words: NDArray[np.uint32]
    length: int
    samples: int


@inlined
def share_of(first, count, planes, trains):
    """The samples from `first` on that are packed together, out of `count` in all."""
    samples = min(np.uint64(trains.samples), np.uint64(count) - np.uint64(first))
    columns = (samples * np.uint64(planes) + np.uint64(3)) // np.uint64(4) * np.uint64(4)
    return SampleShare(np.uint64(first), samples, np.uint64(planes), columns)


@compiled
def pack_events(events, share, sources, trains, operations):
    """Pack the events of some samples, with numbers of spikes where they have any; `operations (samples,)` get what they take.

    A spike takes an operation for each of its targets, and so does a graded event, whatever its value.
    """
    length, graded = share.columns, events.graded
    for g in range(share.samples):
        s = share.first + g
        place = g, share.planes, length
        operations[s] -= _count_events(
            events.address[s], events.ends[s], events.value[s], place, graded, sources, trains
        )
    pack_marked(share, sources, trains, operations)


@inlined
def pack_marked(share, sources, trains, operations):
    """Pack what is counted of the slots that are marked, and leave counts and marks zero."""
    length, each = share.columns, np.uint64(sources.each)
    members, four = np.uint64(sources.members), np.uint64(0)
    for cell in range(np.uint64(trains.fired.size)):
        trains.first[cell] = four
        if trains.fired[cell]:
            count = _take_marks(cell * each, each, trains)
            layout = np.uint64(0), length, np.uint64(1)
            for a in range(np.uint64(0), count, members):
                part = a, min(count - a, members), four
                pack_four(part, cell, layout, share, trains.counts, sources, trains, operations)
                four += np.uint64(1)
            for a in range(count):
                slot = np.uint64(trains.active[a])
                trains.counts[slot * length : (slot + np.uint64(1)) * length] = 0
            trains.fired[cell] = 0
    trains.first[trains.fired.size] = four


@inlined
def _count_events(address, ends, value, place, graded, sources, trains):
    """Count the events of a sample in its columns, and mark who sent them; `place` (number of the sample, planes, columns).

    Returns how many operations its numbers would take more than its events, where these are `graded`.
    """
    g, planes, length = place
    each, valued, more = np.uint64(sources.each), value.size > 0, np.int64(0)
    for t in range(np.uint64(ends.size - 1)):
        column = g * planes + min(t, planes - np.uint64(1))
        for n in range(np.uint64(ends[t]), np.uint64(ends[t + np.uint64(1)])):
            if sources.slot[np.uint64(address[n])] >= 0:
                slot = np.uint64(sources.slot[np.uint64(address[n])])
                trains.counts[slot * length + column] += np.uint8(value[n] if valued else 1)
                if graded:
                    more += (np.int64(value[n]) - 1) * sources.fanout[slot]
                trains.mark[slot] = 1
                trains.fired[slot // each] = 1
    return more


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
def pack_four(part, cell, layout, share, counts, sources, trains, operations):
    """The slots active[a : a + count] as one four of a cell; `part` (a, count, number of the four).

    `layout` (base, scale, stride): the counts of slot s begin at (s - base) scale, those of the next column lie a stride on.
    """
    a, count, four = part
    last, to = count - np.uint64(1), four * share.columns
    base, scale, stride = layout
    i = np.uint64(trains.active[a])
    j = np.uint64(trains.active[a + min(np.uint64(1), last)])
    k = np.uint64(trains.active[a + min(np.uint64(2), last)])
    m = np.uint64(trains.active[a + last])
    of_j, of_k, of_m = np.uint8(255 * (count > 1)), np.uint8(255 * (count > 2)), np.uint8(255 * (count > 3))
    at_i, at_j, at_k, at_m = (i - base) * scale, (j - base) * scale, (k - base) * scale, (m - base) * scale
    for g in range(share.samples):
        even, odd = np.uint32(0), np.uint32(0)
        for t in range(g * share.planes, (g + np.uint64(1)) * share.planes):
            go = t * stride
            word = np.uint32(counts[at_i + go]) | (np.uint32(counts[at_j + go] & of_j) << np.uint32(8))
            word |= np.uint32(counts[at_k + go] & of_k) << np.uint32(16)
            word |= np.uint32(counts[at_m + go] & of_m) << np.uint32(24)
            trains.words[to + t] = word
            even += word & EVEN
            odd += (word >> np.uint32(8)) & EVEN
        operations[share.first + g] += spent(a, count, (even, odd), sources, trains)
    note_four(part, cell, share, sources, trains)


@inlined
def note_four(part, cell, share, sources, trains):
    """Note the rows and the cell of a four, and that the columns of nobody are silent."""
    a, count, four = part
    channels = np.uint32(sources.channels)
    begin = np.uint64(np.uint32(trains.active[a]) // channels * channels)
    for k in range(np.uint64(4)):
        slot = np.uint64(trains.active[a + min(k, count - np.uint64(1))])
        trains.member[four, k] = (slot - begin) * np.uint64(sources.row_step)
    trains.cell[four] = cell
    for t in range(share.samples * share.planes, share.columns):
        trains.words[four * share.columns + t] = 0


@inlined
def spent(a, count, spikes, sources, trains):
    """Synaptic operations of a four by the spikes of its members, in 16 bits each."""
    total = np.int64(0)
    for k in range(count):
        half = spikes[0] if k % np.uint64(2) == 0 else spikes[1]
        number = half & np.uint32(0xFFFF) if k < 2 else half >> np.uint32(16)
        total += np.int64(number) * sources.fanout[np.uint64(trains.active[a + k])]
    return total
