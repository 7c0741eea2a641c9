"""Trains of masks: the bits of a pixel's window in each step are counted, and the channels that sent at all moved together."""

import numpy as np

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.simd_masks import COMPRESSES, add_flags, compress_bytes, compress_four, trailing_zeros
from spikewright.snn.kernels.trains import EVEN, note_four, pack_four, spent


@compiled
def pack_masks(masks, share, sources, trains, operations):
    """Pack the masks `(samples, pixels, steps, words)` of some samples, see `snn.kernels.masks`.

    `operations (samples,)` get the synaptic operations that they take.
    """
    four, cell, members = np.uint64(0), np.uint64(0), np.uint64(sources.members)
    channels, each, block = np.uint64(sources.channels), np.uint64(sources.each), np.uint64(BLOCK)
    used = share.samples * share.planes * block
    trains.square[used:] = 0
    for pixel in range(np.uint64(sources.windows.shape[0])):
        for group in range(channels // each):
            trains.first[cell] = four
            for word in range(group * each // block, (group * each + each + block - np.uint64(1)) // block):
                place = pixel * channels + word * block
                bits = sources.kept[pixel, word] & _of_group(word, group * each, each)
                if bits:
                    bits &= _sent_at_all(masks, pixel, word, share, sources)
                count = _name_active(bits, place, trains)
                if COMPRESSES and count:
                    compress_masks(masks, pixel, word, bits, share, sources, trains)
                    for a in range(np.uint64(0), count, members):
                        part = a, min(count - a, members), four
                        _take_four(part, cell, share, sources, trains, operations)
                        four += np.uint64(1)
                elif count:
                    trains.square[:used] = 0
                    _count_window(masks, pixel, word, share, sources, trains)
                    for a in range(np.uint64(0), count, members):
                        part, layout = (a, min(count - a, members), four), (place, np.uint64(1), block)
                        pack_four(part, cell, layout, share, trains.square, sources, trains, operations)
                        four += np.uint64(1)
            cell += np.uint64(1)
    trains.first[cell] = four


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
def _sent_at_all(masks, pixel, word, share, sources):
    """The channels of a word that sent in any step of any sample, from anywhere in the window of a pixel."""
    bits = np.uint64(0)
    for s in range(share.first, share.first + share.samples):
        for w in range(np.uint64(sources.windows.shape[1])):
            source = np.uint64(sources.windows[pixel, w])
            for t in range(share.planes):
                bits |= masks[s, source, t, word]
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
def _count_window(masks, pixel, word, share, sources, trains):
    """Add the spikes of 64 channels of a pixel's window to `square`."""
    for g in range(share.samples):
        for w in range(np.uint64(sources.windows.shape[1])):
            source = np.uint64(sources.windows[pixel, w])
            for t in range(share.planes):
                place = (g * share.planes + t) * np.uint64(BLOCK)
                add_flags(trains.square, place, masks[share.first + g, source, t, word])


@inlined
def compress_masks(masks, pixel, word, bits, share, sources, trains):
    """The same, of the channels in `bits` only, one after the other: `square`."""
    windows = sources.windows
    for g in range(share.samples):
        s = share.first + g
        for t in range(share.planes):
            place = (g * share.planes + t) * np.uint64(BLOCK)
            if windows.shape[1] == 4:
                a, b = np.uint64(windows[pixel, 0]), np.uint64(windows[pixel, 1])
                c, d = np.uint64(windows[pixel, 2]), np.uint64(windows[pixel, 3])
                flags = masks[s, a, t, word], masks[s, b, t, word], masks[s, c, t, word], masks[s, d, t, word]
                compress_four(trains.square, place, flags, bits)
            else:
                trains.square[place : place + np.uint64(BLOCK)] = 0
                for w in range(np.uint64(windows.shape[1])):
                    add_flags(trains.square, place, masks[s, np.uint64(windows[pixel, w]), t, word])
                compress_bytes(trains.square, place, bits)


@inlined
def _take_four(part, cell, share, sources, trains, operations):
    """Four neighbours of the compressed counts `(columns, 64)` as one four of a cell; `part` (a, count, number of the four)."""
    a, count, four = part
    to, words, square = four * share.columns, trains.words, trains.square_words
    for g in range(share.samples):
        even, odd = np.uint32(0), np.uint32(0)
        for t in range(g * share.planes, (g + np.uint64(1)) * share.planes):
            word = square[t * np.uint64(BLOCK // 4) + a // np.uint64(4)]
            if sources.members == 1:
                word = (word >> np.uint32(np.uint64(8) * (a % np.uint64(4)))) & np.uint32(255)
            words[to + t] = word
            even += word & EVEN
            odd += (word >> np.uint32(8)) & EVEN
        operations[share.first + g] += spent(a, count, (even, odd), sources, trains)
    note_four(part, cell, share, sources, trains)
