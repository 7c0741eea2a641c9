"""Levels: what a population of QuantReLU sends once, as a byte of each neuron, for those that need no list of it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.simd_bytes import level_bytes
from spikewright.snn.kernels.simd_fire import LANES


class Levels(NamedTuple):
    """`values (samples, neurons)`: what each neuron sends, 0 for nothing; neurons in engine order."""

    values: NDArray[np.uint8]


class ByteLaw(NamedTuple):
    """The law of `snn.kernels.channel_levels` with levels of a byte. `multiplier (channels,)` int32 where it fits, else int64.

    `bias` int32: of each channel where `apart` is 0, else of each neuron; `apart`: then the channels of a pixel.
    """

    multiplier: NDArray[Any]
    since: NDArray[np.int32]
    until: NDArray[np.int32]
    numbers: tuple[int, int, int, int]
    bias: NDArray[np.int32]
    apart: int


@compiled
def count_levels(values, total):
    """Set `total (samples,)` to how many neurons of each sample send anything."""
    for s in range(values.shape[0]):
        count, sent = np.int64(0), values[s]
        for i in range(sent.size):
            count += sent[i] != 0
        total[s] = count


@compiled
def list_levels(values, address, value, ends):
    """Levels as graded events `address`, `value (samples, places)`, `ends (samples, 2)`, a place more than there are neurons."""
    for s in range(values.shape[0]):
        count, sent = np.uint64(0), values[s]
        for i in range(np.uint64(sent.size)):
            address[s, count], value[s, count] = i, sent[i]
            count += np.uint64(sent[i] != 0)
        ends[s, 0], ends[s, 1] = 0, count


@compiled
def fire_levels_of_planes(sums, law, values):
    """Send levels by the one plane of each sample, `sums (samples, 1, neurons)`."""
    for s in range(np.uint64(sums.shape[0])):
        send_bytes(sums[s, 0], law, values[s])


@inlined
def send_bytes(plane, law, values):
    """The levels of a sample by its sums."""
    channels, lanes, apart = np.uint64(law.multiplier.size), np.uint64(LANES), law.apart > 0
    multiplier, since, until, numbers, bias = law.multiplier, law.since, law.until, law.numbers, law.bias
    for first in range(np.uint64(0), np.uint64(plane.size), channels):
        for c in range(np.uint64(0), channels, lanes):
            own = first + c if apart else c
            if TILES:
                level_bytes(plane, first + c, bias, own, multiplier, since, until, c, numbers, values, first + c)
