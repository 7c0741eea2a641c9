"""How many sources of each sample send at all in the steps at hand, from which follows what products of those that fired cost."""

import numpy as np

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_counts import ones


@compiled
def count_active_in_masks(masks, sources, count):
    """Set `count (samples,)` to the slots of `sources` that sent in masks `(samples, pixels, steps, words)`."""
    windows, kept = sources.windows, sources.kept
    pixels, steps, words = np.uint64(windows.shape[0]), np.uint64(masks.shape[2]), np.uint64(masks.shape[3])
    for s in range(np.uint64(masks.shape[0])):
        total = np.int64(0)
        for p in range(pixels):
            for word in range(words):
                found = np.uint64(0)
                for w in range(np.uint64(windows.shape[1])):
                    source = np.uint64(windows[p, w])
                    for t in range(steps):
                        found |= masks[s, source, t, word]
                total += np.int64(ones(found & kept[p, word]))
        count[s] = total


@compiled
def count_active_in_events(events, sources, mark, count):
    """The same of events; `mark (slots,)` holds zeros before and after."""
    slots = sources.slot
    for s in range(np.uint64(events.address.shape[0])):
        address, stop, total = events.address[s], np.uint64(events.ends[s, -1]), np.int64(0)
        for n in range(stop):
            slot = slots[np.uint64(address[n])]
            if slot >= 0:
                total += np.int64(mark[slot] == 0)
                mark[slot] = 1
        for n in range(stop):
            slot = slots[np.uint64(address[n])]
            if slot >= 0:
                mark[slot] = 0
        count[s] = total
