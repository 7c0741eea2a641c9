"""Weights of more than a byte for dot products of bytes: W[o] = unit[o] q[o], and q = 256 high + low where it is no byte itself.

    W = 378, -756, 1134 of one target channel          unit 378,  q = 1, -2, 3
    W = 300, -301                                      unit 1,    q = 256 + 44, 256 (-1) - 45

Fixed-point weights get there in two ways: all of a projection are shifted to the unit of a finer one into the same population,
or those of each channel are multiplied by a number of its own.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.taps import Taps

LOWEST, HIGHEST = -(1 << 15), (1 << 15) - 129
"""What two signed bytes hold, the lower one from -128 to 127."""


class Digits(NamedTuple):
    """`rows`: q, or the low bytes of all rows, then the high ones. `unit (target channels,)` int32, empty where all are one."""

    rows: NDArray[np.int8]
    unit: NDArray[np.int32]
    digits: int


def digits_of(weights: NDArray[np.integer], taps: Taps) -> Digits | None:
    """The rows of integer weights in bytes; None where two are not enough."""
    if _are_bytes(weights):
        return Digits(weights.astype(np.int8), np.zeros(0, np.int32), 1)
    channels, groups = taps.channel_base.size, taps.groups
    each = channels // groups
    rows = weights.astype(np.int64).reshape(-1, groups, each, len(taps.taps), taps.length)
    unit = np.maximum(np.gcd.reduce(np.gcd.reduce(np.gcd.reduce(rows, axis=3), axis=2), axis=0), 1)
    whole = (rows // unit[:, None, None, :]).reshape(-1)
    units = unit.reshape(-1).astype(np.int32)
    if _are_bytes(whole):
        return Digits(whole.astype(np.int8), units, 1)
    if whole.min() < LOWEST or whole.max() > HIGHEST:
        return None
    high = (whole + 128) >> 8
    return Digits(np.concatenate([whole - (high << 8), high]).astype(np.int8), units, 2)


def turned_twice(
    first_run: NDArray[np.int32],
    run: NDArray[np.int32],
    seen: NDArray[np.int32],
    row: NDArray[np.int32],
    weight_rows: int,
) -> tuple[NDArray[np.int32], ...]:
    """The runs of all target pixels, see `views.runs_of`, and once more through the weight rows behind the first so many."""
    return (
        as_int32(np.concatenate([first_run, first_run[1:].astype(np.int64) + first_run[-1]])),
        as_int32(np.concatenate([run, run[1:].astype(np.int64) + run[-1]])),
        np.concatenate([seen, seen]),
        as_int32(np.concatenate([row, row.astype(np.int64) + weight_rows])),
    )


def _are_bytes(values: NDArray[np.integer]) -> bool:
    return -128 <= int(values.min(initial=0)) <= int(values.max(initial=0)) <= 127
