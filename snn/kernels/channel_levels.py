"""QuantReLU whose constants are those of its channel: the law of `snn.kernels.fire_levels`, sixteen channels at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_fire import LANES
from spikewright.snn.kernels.simd_levels import GATHERS, levels_of


class ChannelLevels(NamedTuple):
    """`multiplier`, `since`, `until (channels,)`: of each channel, a whole number of sixteens; see `LevelsLaw`, whose `first`
    and `last` are int32 here. `numbers`: shift of sums, shift of products, half of it, levels.
    """

    multiplier: NDArray[np.int64]
    since: NDArray[np.int32]
    until: NDArray[np.int32]
    numbers: tuple[int, int, int, int]


@compiled
def fire_channel_levels(drive, law, answer):
    """Send levels by one plane of sums; biases are int32, and nobody asks for potentials."""
    bias = drive.bias[0]
    for s in range(drive.sums.shape[0]):
        send_levels(drive.sums[s, 0], bias, law, answer, s)


@compiled
def send_levels(sums, bias, law, answer, s):
    """The levels of sample s by its sums."""
    channels, lanes, address, value = (
        np.uint64(law.multiplier.size),
        np.uint64(LANES),
        answer.address[s],
        answer.value[s],
    )
    multiplier, since, until, numbers, count = law.multiplier, law.since, law.until, law.numbers, np.uint64(0)
    for first in range(np.uint64(0), np.uint64(sums.size), channels):
        for c in range(np.uint64(0), channels, lanes):
            if GATHERS:
                count = levels_of(sums, bias, first + c, multiplier, since, until, c, numbers, address, value, count)
    answer.ends[s, 0], answer.ends[s, 1] = 0, count
