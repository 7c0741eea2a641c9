"""What kernels assume of plans by which weights are added source by source: rows, blocks, lanes, shortcuts, lists."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.event.checks import check_ascending, check_inside, check_same_length
from spikewright.snn.kernels.blocks import Blocks
from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.lanes import Lanes
from spikewright.snn.kernels.lists import Lists
from spikewright.snn.kernels.rows import WeightRows
from spikewright.snn.kernels.shortcuts import Shortcut


def check_rows(rows: WeightRows, neurons: int) -> None:
    """Rows: every run of weights lies in the weights, and its targets among the `neurons`, whatever the source."""
    check_ascending(rows.first_tap, rows.to.size, "taps")
    used = rows.pattern >= 0
    pattern = rows.pattern[used]
    check_inside(pattern, rows.first_tap.size - 1, "patterns")
    for which, offsets, size, what in (
        (rows.base, rows.to, neurons, "targets"),
        (rows.row, rows.start, rows.weights.size, "weights"),
    ):
        lows, highs = _extremes(which[used], pattern, rows.first_tap.size - 1)
        numbers = np.repeat(np.arange(rows.first_tap.size - 1), np.diff(rows.first_tap))
        seen = np.isin(numbers, pattern)
        check_inside((lows[numbers] + offsets)[seen], size, what)
        check_inside((highs[numbers] + offsets + rows.length - 1)[seen], size, what)


def check_blocks(blocks: Blocks, rows: WeightRows, neurons: int, width: int) -> None:
    """Blocks of `width` weights and targets, those of every source."""
    check_ascending(blocks.first, blocks.to.size, "blocks")
    check_same_length(blocks.which, rows.base, "blocks of sources")
    check_inside(blocks.which, blocks.first.size - 1, "blocks of sources")
    lows, highs = _extremes(rows.base, blocks.which, blocks.first.size - 1)
    numbers = np.repeat(np.arange(blocks.first.size - 1), np.diff(blocks.first))
    check_inside(lows[numbers] + blocks.to, neurons, "targets")
    check_inside(highs[numbers] + blocks.to + width - 1, neurons, "targets")
    check_inside(blocks.start, rows.weights.size, "weights")
    check_inside(blocks.start.astype(np.int64) + width - 1, rows.weights.size, "weights")


def check_lanes(lanes: Lanes, sources: int, neurons: int) -> None:
    """Time lanes: slots, pixels in view and weight rows; tiles of all target pixels are the `neurons`."""
    channels, taps, length, width = (int(n) for n in (lanes.channels, lanes.taps, lanes.row_length, lanes.width))
    check_inside(lanes.slot + 1, lanes.pixels * channels + 1, "slots")
    if (
        lanes.slot.size != sources
        or lanes.channel_base.size != channels
        or (lanes.first_seen.size - 1) * width != neurons
    ):
        raise InvalidNetwork(f"expected lanes of {sources} sources into {neurons} neurons, got others")
    check_ascending(lanes.first_seen, lanes.seen.size, "pixels")
    check_same_length(lanes.seen, lanes.row, "pixels")
    check_inside(lanes.seen, lanes.pixels, "pixels")
    check_inside(lanes.channel_base.astype(np.int64) + length - 1, width, "channels")
    check_inside(lanes.channel_base, width, "channels")
    count = lanes.first.size - 1 if lanes.listed else lanes.weight.size // length
    check_inside(lanes.row, count, "weight rows")
    check_inside(lanes.row.astype(np.int64) + (channels - 1) * taps, count, "weight rows")
    if lanes.listed:
        check_ascending(lanes.first, lanes.weight.size, "weights")
        check_same_length(lanes.channel, lanes.weight, "weights")
        check_inside(lanes.channel, length, "channels")


def check_shortcut(shortcut: Shortcut, rows: WeightRows, neurons: int) -> None:
    """Shortcuts: each source reaches the neuron of its own number, or nothing, with the gain of its channel."""
    channels = shortcut.gain.size
    weights = rows.weights[rows.row[:channels]]
    if (
        not channels
        or rows.base.size != neurons
        or neurons % channels
        or shortcut.alive.size * BLOCK < channels
        or (rows.fanout > 1).any()
        or (rows.fanout.reshape(-1, channels) != rows.fanout[:channels]).any()
        or (weights != shortcut.gain).any()
    ):
        raise InvalidNetwork(f"expected a shortcut of {channels} channels into {neurons} neurons, got another")


def check_lists(lists: Lists, sources: int, neurons: int) -> None:
    """Explicit lists: the survivors of each source, and their targets."""
    if lists.first.size != sources + 1:
        raise InvalidNetwork(f"expected lists of {sources} sources, got {lists.first.size - 1}")
    check_ascending(lists.first, lists.weight.size, "weights")
    check_same_length(lists.target, lists.weight, "weights")
    check_inside(lists.target, neurons, "targets")


def _extremes(values: NDArray[Any], groups: NDArray[Any], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The smallest and largest value of each group, 0 for a group without any."""
    lows, highs = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(lows, groups, values)
    np.maximum.at(highs, groups, values)
    empty = lows > highs
    lows[empty], highs[empty] = 0, 0
    return lows, highs
