"""Masks: the spikes of a population as bits, pixel by pixel, for those that need no list of them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_counts import ones


class Masks(NamedTuple):
    """What a population sends in some steps, of each sample: a spike a neuron at most.

    `words (samples, pixels, steps, words of 64 channels)` uint64: bit c % 64 of word c // 64 says whether channel c of the pixel
    fires in that step. Bits of channels that do not exist are zero. `channels`: of a pixel.
    """

    words: NDArray[np.uint64]
    channels: int

    @property
    def steps(self) -> int:
        """Steps at hand."""
        return int(self.words.shape[2])


@compiled
def count_masks(masks, total):
    """Set `total (samples,)` to the number of spikes of each sample."""
    for s in range(masks.shape[0]):
        flat = masks[s].reshape(-1)
        count = np.int64(0)
        for n in range(flat.size):
            count += np.int64(ones(flat[n]))
        total[s] = count


@compiled
def list_masks(masks, address, ends):
    """The spikes of masks as events: `address (samples, places)` and `ends (samples, steps + 1)`, see `snn.kernels.events`."""
    for s in range(masks.words.shape[0]):
        _list_sample(masks.words[s], masks.channels, address[s], ends[s])


@compiled
def _list_sample(masks, channels, address, ends):
    count = np.uint64(0)
    ends[0] = 0
    for t in range(np.uint64(masks.shape[1])):
        for pixel in range(np.uint64(masks.shape[0])):
            for block in range(np.uint64(masks.shape[2])):
                word = masks[pixel, t, block]
                place = pixel * np.uint64(channels) + block * np.uint64(64)
                while word:
                    if word & np.uint64(1):
                        address[count] = place
                        count += np.uint64(1)
                    word >>= np.uint64(1)
                    place += np.uint64(1)
        ends[t + np.uint64(1)] = count
