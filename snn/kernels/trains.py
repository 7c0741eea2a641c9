"""Trains: what the sources of a projection send in each step of a chunk, packed four sources to a word for the dot products.

Sources that are silent in all steps at hand take no place. The others of a cell, the source channels of one pixel that one
group of targets reads, are packed four by four as they come; what is left of the last four sends nothing.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.simd_dots import BLOCK
from spikewright.snn.kernels.simd_masks import COMPRESSES, add_flags, compress_bytes, compress_four, trailing_zeros

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
    `first (cells + 1,)`: the fours of each cell. `active (slots + 4,)`: the slots of each cell that sent.
    `counts (slots * length,)`, `mark (slots,)` and `fired (cells,)` serve events and hold zeros between calls.
    `square (length * 64,)` serves masks: the counts of 64 channels in all steps; `square_words`: the same, four in a word.
    """

    words: NDArray[Any]
    member: NDArray[np.uint64]
    first: NDArray[np.int32]
    counts: NDArray[np.uint8]
    mark: NDArray[np.uint8]
    active: NDArray[np.int32]
    fired: NDArray[np.int32]
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
                if trains.mark[slot] == 0:
                    trains.mark[slot] = 1
                    cell = slot // each
                    trains.active[cell * each + np.uint64(trains.fired[cell])] = slot
                    trains.fired[cell] += 1
    total, four = np.int64(0), np.uint64(0)
    for cell in range(np.uint64(trains.fired.size)):
        trains.first[cell] = four
        begin, count = cell * each, np.uint64(trains.fired[cell])
        layout = np.uint64(0), length, np.uint64(1)
        for a in range(np.uint64(0), count, members):
            total += _pack_four(begin + a, min(count - a, members), four, layout, trains.counts, sources, trains)
            four += np.uint64(1)
        for a in range(begin, begin + count):
            slot = np.uint64(trains.active[a])
            trains.mark[slot] = 0
            trains.counts[slot * length : (slot + np.uint64(1)) * length] = 0
        trains.fired[cell] = 0
    trains.first[trains.fired.size] = four
    return total


@compiled
def pack_masks(masks, sources, trains):
    """Pack the masks `(pixels, steps, words)` of a sample, see `snn.kernels.masks`; the synaptic operations they take."""
    total, four, cell, members = np.int64(0), np.uint64(0), np.uint64(0), np.uint64(sources.members)
    channels, each, block = np.uint64(sources.channels), np.uint64(sources.each), np.uint64(BLOCK)
    trains.square[np.uint64(masks.shape[1]) * block :] = 0
    for pixel in range(np.uint64(sources.windows.shape[0])):
        for group in range(channels // each):
            trains.first[cell] = four
            for word in range(group * each // block, (group * each + each + block - np.uint64(1)) // block):
                place = pixel * channels + word * block
                bits = _sent_at_all(masks, pixel, word, sources) & _of_group(word, group * each, each)
                count = _name_active(bits, place, trains)
                if COMPRESSES and count:
                    compress_masks(masks, pixel, word, bits, sources, trains)
                    for a in range(np.uint64(0), count, members):
                        total += _take_four(a, min(count - a, members), four, sources, trains)
                        four += np.uint64(1)
                elif count:
                    trains.square[: np.uint64(masks.shape[1]) * block] = 0
                    _count_window(masks, pixel, word, sources, trains)
                    for a in range(np.uint64(0), count, members):
                        layout = place, np.uint64(1), block
                        total += _pack_four(a, min(count - a, members), four, layout, trains.square, sources, trains)
                        four += np.uint64(1)
            cell += np.uint64(1)
    trains.first[cell] = four
    return total


@inlined
def _of_group(word, first, each):
    """The bits of a word that belong to channels from `first` on, `each` of them."""
    bits, begin = ~np.uint64(0), word * np.uint64(BLOCK)
    if first > begin:
        bits &= ~np.uint64(0) << (first - begin)
    stop = first + each
    if stop < begin + np.uint64(BLOCK):
        bits &= ~np.uint64(0) >> (begin + np.uint64(BLOCK) - stop)
    return bits


@inlined
def _sent_at_all(masks, pixel, word, sources):
    """The channels of a word that sent in any step, from anywhere in the window of a pixel."""
    bits = np.uint64(0)
    for w in range(np.uint64(sources.windows.shape[1])):
        source = np.uint64(sources.windows[pixel, w])
        for t in range(np.uint64(masks.shape[1])):
            bits |= masks[source, t, word]
    return bits


@inlined
def _name_active(bits, slot, trains):
    """Fill `active` with the slots of the bits that are set, in their order; how many."""
    count = np.uint64(0)
    while bits:
        low = trailing_zeros(bits)
        trains.active[count] = slot + low
        count += np.uint64(1)
        bits &= bits - np.uint64(1)
    return count


@inlined
def _count_window(masks, pixel, word, sources, trains):
    """Add the spikes of 64 channels of a pixel's window to `square`."""
    for w in range(np.uint64(sources.windows.shape[1])):
        source = np.uint64(sources.windows[pixel, w])
        for t in range(np.uint64(masks.shape[1])):
            add_flags(trains.square, t * np.uint64(BLOCK), masks[source, t, word])


@inlined
def compress_masks(masks, pixel, word, bits, sources, trains):
    """The same, of the channels in `bits` only, one after the other: `square`."""
    windows = sources.windows
    for t in range(np.uint64(masks.shape[1])):
        if windows.shape[1] == 4:
            a, b = np.uint64(windows[pixel, 0]), np.uint64(windows[pixel, 1])
            c, d = np.uint64(windows[pixel, 2]), np.uint64(windows[pixel, 3])
            flags = masks[a, t, word], masks[b, t, word], masks[c, t, word], masks[d, t, word]
            compress_four(trains.square, t * np.uint64(BLOCK), flags, bits)
        else:
            place = t * np.uint64(BLOCK)
            trains.square[place : place + np.uint64(BLOCK)] = 0
            for w in range(np.uint64(windows.shape[1])):
                add_flags(trains.square, place, masks[np.uint64(windows[pixel, w]), t, word])
            compress_bytes(trains.square, place, bits)


@inlined
def _take_four(a, count, four, sources, trains):
    """Four neighbours of the compressed counts `(steps, 64)` as one four; the synaptic operations that they take."""
    length, words, square = np.uint64(trains.length), trains.words, trains.square_words
    even, odd = np.uint32(0), np.uint32(0)
    for t in range(length):
        word = square[t * np.uint64(BLOCK // 4) + a // np.uint64(4)]
        if sources.members == 1:
            word = (word >> np.uint32(np.uint64(8) * (a % np.uint64(4)))) & np.uint32(255)
        words[four * length + t] = word
        even += word & EVEN
        odd += (word >> np.uint32(8)) & EVEN
    return _note_four(a, count, four, (even, odd), sources, trains)


@inlined
def _pack_four(a, count, four, layout, counts, sources, trains):
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
    return _note_four(a, count, four, (even, odd), sources, trains)


@inlined
def _note_four(a, count, four, spikes, sources, trains):
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
