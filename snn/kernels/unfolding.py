"""Unfolding: what the sources of a projection send in each step of a chunk, as bytes that tiles are made of.

The bytes of a row of source pixels lie in squares of 64 bytes times all columns, a column after the other; a pixel of 16 or 32
bytes shares its square with its neighbours. Column g planes + t is step t of the g-th of the samples that are unfolded together.
For sums in float32 each square is made into two of 32 bfloat16 numbers, which hold all counts of a byte.
"""

import numpy as np

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.jit import compiled, merged
from spikewright.snn.kernels.simd_masks import add_flags, halve, unfold_of

one_narrow, one_half, one_whole = unfold_of(1, 16), unfold_of(1, 32), unfold_of(1, 64)
four_narrow, four_half, four_whole = unfold_of(4, 16), unfold_of(4, 32), unfold_of(4, 64)
MOST_OF_A_BYTE = 255


@compiled
def unfold_events(events, share, tiles, work, operations, wide):
    """Bytes of all source pixels from events, with numbers of spikes where they have any; `operations` get what they take.

    A spike takes an operation for each of its targets, and so does a graded event, whatever its value. `wide`: counts have two
    bytes, column 2 g holds the lower ones of the g-th sample and the next its higher ones.
    """
    slots, fanout, channels = tiles.sources.slot, tiles.sources.fanout, np.uint32(tiles.sources.channels)
    width, pixel_bytes, units = np.uint32(tiles.width), np.uint64(tiles.pixel_bytes), np.uint64(tiles.units)
    sent, fired, slab, block = work.unfolded.sent, work.fired, work.slab, np.uint64(BLOCK)
    square = np.uint64(work.unfolded.rows) * np.uint64(work.unfolded.blocks) * block
    sent[:] = 0
    fired[:] = 0
    for g in range(share.samples):
        s, total = share.first + g, np.int64(0)
        address, ends, value = events.address[s], events.ends[s], events.value[s]
        for t in range(np.uint64(ends.size - 1)):
            column = (g * share.planes + (np.uint64(0) if wide else min(t, share.planes - np.uint64(1)))) * block
            for n in range(np.uint64(ends[t]), np.uint64(ends[t + np.uint64(1)])):
                if slots[np.uint64(address[n])] >= 0:
                    slot = np.uint32(slots[np.uint64(address[n])])
                    pixel, channel, number = slot // channels, np.uint64(slot % channels), np.int64(1)
                    if value.size:
                        number = np.int64(value[n])
                    byte = np.uint64(pixel % width) * pixel_bytes + channel
                    at = slab[np.uint64(pixel // width)] + byte // block * square + column + byte % block
                    if wide:
                        whole = number + np.int64(sent[at]) + np.int64(sent[at + block]) * 256
                        sent[at + block] = np.uint8(whole >> 8)
                        sent[at] = np.uint8(whole & 255)
                    else:
                        sent[at] += np.uint8(number)
                    fired[np.uint64(pixel) * units + channel // block] = 1
                    total += (np.int64(1) if events.graded else number) * fanout[np.uint64(slot)]
        operations[s] += total
    if tiles.side < BLOCK:
        for row in range(np.uint64(slab.size)):
            _halve_row(row, share, tiles, work)


@compiled
def unfold_next(row, p, masks, share, tiles, work, operations):
    """Bytes of the next rows of source pixels, from `row` on: those that target pixel p needs, or if there is none all others.

    Returns the first row that is not there yet, and the first target pixel that needs it.
    """
    until, rows = tiles.views.until, np.uint64(tiles.sources.windows.shape[0] // tiles.width)
    count = np.uint64(until.size)
    stop = np.uint64(until[p]) if p < count else rows
    while row < stop:
        _unfold_row(row, masks, share, tiles, work, operations)
        row += np.uint64(1)
    while p < count and np.uint64(until[p]) <= row:
        p += np.uint64(1)
    return row, p


@compiled
def _unfold_row(row, masks, share, tiles, work, operations):
    """Bytes of a row of source pixels, 64 channels of a pixel after 64; `operations` get what the spikes take."""
    windows, fanout, channels = tiles.sources.windows, tiles.sources.fanout, np.uint64(tiles.sources.channels)
    sent, fired, totals, block, flat = work.unfolded.sent, work.fired, work.totals, np.uint64(BLOCK), masks.reshape(-1)
    steps, words = np.uint64(masks.shape[2]), np.uint64(masks.shape[3])
    units, pixel_bytes = np.uint64(tiles.units), np.uint64(tiles.pixel_bytes)
    square, begin = np.uint64(work.unfolded.rows) * np.uint64(work.unfolded.blocks) * block, work.slab[row]
    for x in range(np.uint64(tiles.width)):
        pixel = row * np.uint64(tiles.width) + x
        for word in range(units):
            anything = _sent_at_all(masks, (share.first, share.samples), pixel, word, windows)
            fired[pixel * units + word] = anything
            if anything or pixel_bytes < block:
                first, byte = pixel * channels + word * block, x * pixel_bytes + word * block
                part = first, min(block, channels - word * block), min(block, pixel_bytes)
                for g in range(share.samples):
                    s, to = share.first + g, begin + byte // block * square + g * share.planes * block + byte % block
                    line = s * np.uint64(masks.shape[1]) * steps * words + word, steps, words
                    operations[s] += _unfold((flat, line), (windows, pixel), sent, to, (fanout, part, totals))
    if tiles.side < BLOCK:
        _halve_row(row, share, tiles, work)


@compiled
def _halve_row(row, share, tiles, work):
    """Two squares of bfloat16 numbers for each of the bytes of a row of source pixels in which any source sent."""
    block, square = np.uint64(BLOCK), np.uint64(work.unfolded.rows) * np.uint64(work.unfolded.blocks) * np.uint64(BLOCK)
    sent, tiled, fired, two = work.unfolded.sent, work.unfolded.tiled, work.fired, np.uint64(2)
    units, each = np.uint64(tiles.width * tiles.units), max(np.uint64(1), block // np.uint64(tiles.pixel_bytes))
    begin, at = row * units, work.slab[row]
    for first in range(np.uint64(0), units, each):
        anything = np.uint8(0)
        for u in range(begin + first, begin + min(first + each, units)):
            anything |= fired[u]
        if anything:
            for t in range(np.uint64(0), share.columns * block, block):
                halve(tiled, two * at + t, two * at + t + square, sent, at + t)
        at += square


@merged
def _sent_at_all(masks, samples, pixel, word, windows):
    """Whether any channel of a word sent in any step of `samples` (first, how many), from anywhere in the window of a pixel."""
    found = np.uint64(0)
    for s in range(samples[0], samples[0] + samples[1]):
        for w in range(np.uint64(windows.shape[1])):
            source = np.uint64(windows[pixel, w])
            for t in range(np.uint64(masks.shape[2])):
                found |= masks[s, source, t, word]
    return np.uint8(found != 0)


@merged
def _unfold(masks, window, sent, to, costs):
    """Counts of 64 channels in the window of a pixel, step by step from `to` on; the synaptic operations that they take.

    `masks` (flat, where the word of pixel 0 lies, steps, words), `window` (those of all pixels, the pixel), `costs` (targets of
    each source, the first of these, how many, bytes of a pixel; room for totals).
    """
    flat, (base, steps, words) = masks
    windows, pixel = window
    fanout, part, totals = costs
    stride, many, operations = steps * words, np.uint64(windows.shape[1]), np.int64(0)
    most = np.uint64(MOST_OF_A_BYTE) // many
    for t in range(np.uint64(0), steps, most):
        count, down, at = min(most, steps - t), to + t * np.uint64(BLOCK), base + t * words
        a = at + np.uint64(windows[pixel, 0]) * stride
        if many == np.uint64(4):
            b, c = at + np.uint64(windows[pixel, 1]) * stride, at + np.uint64(windows[pixel, 2]) * stride
            places = a, b, c, at + np.uint64(windows[pixel, 3]) * stride
            if part[2] == np.uint64(16):
                four_narrow(sent, down, flat, places, words, count, totals)
            elif part[2] == np.uint64(32):
                four_half(sent, down, flat, places, words, count, totals)
            else:
                four_whole(sent, down, flat, places, words, count, totals)
        elif part[2] == np.uint64(16):
            one_narrow(sent, down, flat, (a,), words, count, totals)
        elif part[2] == np.uint64(32):
            one_half(sent, down, flat, (a,), words, count, totals)
        else:
            one_whole(sent, down, flat, (a,), words, count, totals)
        if many != np.uint64(4):
            for w in range(np.uint64(1), many):
                more = at + np.uint64(windows[pixel, w]) * stride
                for i in range(count):
                    add_flags(sent, down + i * np.uint64(BLOCK), flat[more + i * words])
                    add_flags(totals, np.uint64(0), flat[more + i * words])
        for c in range(part[1]):
            operations += np.int64(totals[c]) * fanout[part[0] + c]
    return operations
