"""Time lanes: a plan that adds one weight to many steps at once.

A source that fires in a chunk of steps has a vector X[t], its spikes in each of them (of a pooled window: all of its
sources together). For every target pixel and every source in its receptive field that fired at all, each surviving
weight w to channel o adds w X[t] to tile[o, t]. Pruned weights cost nothing, whatever their pattern, and neither do
silent sources: work grows with active sources, not with the spikes of each.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.taps import Ints, Taps

DENSE_SHARE = 0.35
"""From this share of surviving weights on they are walked as rows instead of as lists."""


MOST_LISTED = 2**16
"""The most channels of a list, which names them in 16 bits."""


class Lanes(NamedTuple):
    """The arrays that `deliver_lanes` reads.

    `slot (sources,)`: pixel * channels + channel of a source after pooling, -1 for one that no window holds. Target pixel
    p sees the source pixels `seen[pixels[p] : pixels[p + 1]]` through the weight lists `lists[...] + channel * taps`. List l
    is `channel[first[l] : first[l + 1]]` with `weight[...]` where `listed`; else it is a row of `length` weights.
    """

    slot: NDArray[np.int32]
    pixels: NDArray[np.int32]
    seen: NDArray[np.int32]
    lists: NDArray[np.int32]
    channel_base: NDArray[np.int32]
    first: NDArray[np.int32]
    channel: NDArray[np.uint16]
    weight: NDArray[Any]
    size: tuple[np.uint64, ...]
    """(source channels, taps, weights of a row, channels of a target pixel)"""
    sources: int
    """Pixels of the pooled source map."""
    cost: tuple[float, ...]
    """(weights of a source in lists, in rows, target pixels that it reaches), on average; 1 where there is one group"""
    listed: bool
    """Lists of surviving weights instead of rows; there may be none at all."""


def compile_lanes(
    taps: Taps, source: tuple[int, int], slots: tuple[Ints, NDArray[np.bool_]], weights: Any, share: float
) -> Lanes:
    """The plan for `taps` whose weights of the right type are `weights`; rows would add a `share` of them.

    `source`: pixels and width of the pooled source map; `slots`: slot of every source neuron, and whether a window holds it.
    """
    channels = taps.channel_base.size
    pairs = _pairs(taps, source)
    order = np.argsort(pairs[:, 0], kind="stable")
    pixels = np.searchsorted(pairs[order, 0], np.arange(taps.target[0] * taps.target[1] + 1))
    listed, first, channel, weight = _lists(taps, weights)
    groups = int(taps.channel_base.max()) // taps.length + 1
    size = (channels, len(taps.taps), taps.length, groups * taps.length)
    reach, rows = len(pairs) / source[0], taps.weights.size / taps.length
    return Lanes(
        slot=as_int32(np.where(slots[1], slots[0], -1)),
        pixels=as_int32(pixels),
        seen=as_int32(pairs[order, 1]),
        lists=as_int32(pairs[order, 2]),
        channel_base=as_int32(taps.channel_base),
        first=first,
        channel=channel,
        weight=weight,
        size=tuple(np.uint64(number) for number in size),
        sources=source[0],
        cost=(
            reach * len(weight) / rows,
            reach * taps.length * share,
            reach,
            float(groups == 1),
        ),
        listed=listed,
    )


def _pairs(taps: Taps, source: tuple[int, int]) -> Ints:
    """(target pixel, source pixel, weight list of channel 0) wherever a source pixel reaches a target pixel."""
    places = np.arange(source[0])
    rows, columns = places // source[1], places % source[1]
    base_row, base_column, phase = taps.place(rows, columns)
    lists = taps.blocks(np.zeros_like(places), rows, columns) * len(taps.taps)
    found = []
    for number, tap in enumerate(taps.taps):
        row, column = base_row + tap.row, base_column + tap.column
        inside = (phase == tap.phase) & (row >= 0) & (row < taps.target[0])
        inside &= (column >= 0) & (column < taps.target[1])
        pixel = row * taps.target[1] + column
        found.append(np.stack([pixel, places, lists + number], axis=1)[inside])
    return np.concatenate(found)


def _lists(taps: Taps, weights: Any) -> tuple[bool, NDArray[np.int32], NDArray[np.uint16], Any]:
    """Whether there are lists, and the survivors of each; rows as they are where most survive."""
    rows = weights.reshape(-1, taps.length)
    alive = rows != 0
    if alive.mean() >= DENSE_SHARE or taps.length > MOST_LISTED:
        return False, np.zeros(1, np.int32), np.zeros(0, np.uint16), weights
    counts = alive.sum(axis=1)
    first = as_int32(np.concatenate([[0], np.cumsum(counts)]))
    return True, first, np.nonzero(alive)[1].astype(np.uint16), np.ascontiguousarray(rows[alive])
