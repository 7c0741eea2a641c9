"""The route by time lanes: one weight is added to many steps at once; for each sample lanes or rows, whichever costs less.

for each target pixel p:                                    a tile (channels, steps) that begins as its planes do
    for each source pixel in the view of p, and each of its channels c that fired:
        for each surviving weight w from c to a channel o of p:
            tile[o, :] += w train[c, :]                     all steps, a vector at a time
    planes[:, p, :] = tile transposed
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.kernels.blocks import add_blocks_of_step
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.kernels.lane_tiles import begin_tile, gather_lists, gather_rows, store_tile
from spikewright.snn.kernels.planes import begin_plane
from spikewright.snn.kernels.rows import add_step
from spikewright.snn.kernels.simd import UNIT

WEIGHT_IN_ROW, SPIKE = 0.035, 16.0
"""Nanoseconds of a byte of weights in a row, and of a spike beside its rows; measured, like the next."""
WEIGHT_IN_LANES, WEIGHT_IN_LISTS, REACH, TILE = 0.01, 0.03, 10.0, 0.15
"""Of a byte of a weight in one lane, of a source at a target pixel, and of one step of a target neuron."""


class Lanes(NamedTuple):
    """What reaches each target pixel, and through which weights. All source channels of a pixel lie together.

    `slot (sources,)`: source pixel * channels + channel of a source neuron after pooling, -1 for one that no window holds.
    Target pixel p sees the source pixels seen[first_seen[p]:first_seen[p + 1]], channel c of one through the weight row number
    row[...] + c taps, its targets beginning at channel_base[c]. Weight row r is weight[r row_length : + row_length] or,
    where `listed`, its survivors weight[first[r]:first[r + 1]] at the channels channel[first[r]:first[r + 1]].
    `channels`, `pixels`: of the source map after pooling. `width`: channels of a target pixel. `one_group`: channel_base is 0.
    """

    slot: NDArray[np.int32]
    first_seen: NDArray[np.int32]
    seen: NDArray[np.int32]
    row: NDArray[np.int32]
    channel_base: NDArray[np.int32]
    first: NDArray[np.int32]
    channel: NDArray[np.uint16]
    weight: NDArray[Any]
    channels: np.uint64
    taps: np.uint64
    row_length: np.uint64
    width: np.uint64
    pixels: int
    listed: bool
    one_group: bool
    cost: "Cost"


class Cost(NamedTuple):
    """Of a source on average: its weights as lanes walk them, as rows do, and the target pixels that it reaches."""

    by_lanes: float
    by_rows: float
    reach: float


class Workspace(NamedTuple):
    """What the kernel works in; `train`, `mark` and `fired` hold zeros before and after.

    `train (slots * length,)`: spikes of each slot in each step, `length` a whole number of vectors. `mark (slots,)`: whether
    it fired. `active (pixels, channels)`: the channels that fired of each source pixel, `fired (pixels,)` of them.
    `tile (width * length,)`: the sums of a target pixel. `weight_at`, `train_at`: where the weights and the train begin of
    each source in view.
    """

    train: NDArray[Any]
    mark: NDArray[np.uint8]
    active: NDArray[Any]
    fired: NDArray[np.int32]
    tile: NDArray[Any]
    weight_at: NDArray[np.uint64]
    train_at: NDArray[np.uint64]


@compiled
def deliver_lanes(planes, events, rows, blocks, lanes, work, operations):
    """Add spikes to fresh planes, one for each step; the projection fills all channels of its target.

    Whether a sample goes by lanes or by rows depends on its own events alone.
    """
    sums, steps = planes.sums, events.ends.shape[1] - 1
    length = np.uint64(work.tile.size) // lanes.width
    for s in range(events.address.shape[0]):
        address, ends = events.address[s], events.ends[s]
        sources = _mark_sources(address, ends[0], ends[steps], lanes, work.mark)
        if _lanes_pay(sources, ends[steps] - ends[0], sums, lanes, length):
            operations[s] += _collect(address, ends, rows, lanes, work, length)
            _add_pixels(sums[s], planes.begin[s], lanes, work, length)
            _clear(lanes, work, length)
        else:
            _unmark(address, ends[0], ends[steps], lanes, work.mark)
            for t in range(steps):
                begin_plane(sums[s, t], planes.begin, s)
                if blocks.which.size:
                    operations[s] += add_blocks_of_step(sums[s, t], address, ends[t], ends[t + 1], rows, blocks)
                else:
                    operations[s] += add_step(sums[s, t], address, ends[t], ends[t + 1], rows)


@inlined
def _mark_sources(address, first, stop, lanes, mark):
    """How many sources fire at all; they are marked with 1."""
    sources = 0
    for n in range(np.uint64(first), np.uint64(stop)):
        slot = lanes.slot[np.uint64(address[n])]
        if slot >= 0:
            sources += 1 - mark[np.uint64(slot)]
            mark[np.uint64(slot)] = 1
    return sources


@inlined
def _unmark(address, first, stop, lanes, mark):
    for n in range(first, stop):
        if lanes.slot[address[n]] >= 0:
            mark[lanes.slot[address[n]]] = 0


@inlined
def _lanes_pay(sources, spikes, sums, lanes, length):
    """Whether lanes should cost less than rows."""
    itemsize = sums.itemsize
    each = WEIGHT_IN_LISTS if lanes.listed else WEIGHT_IN_LANES
    by_lanes = sources * (lanes.cost.by_lanes * np.float64(length) * itemsize * each + lanes.cost.reach * REACH)
    by_lanes += (lanes.first_seen.size - 1) * lanes.width * sums.shape[1] * TILE
    return by_lanes < spikes * (SPIKE + lanes.cost.by_rows * itemsize * WEIGHT_IN_ROW)


@inlined
def _collect(address, ends, rows, lanes, work, length):
    """Trains and active channels of the sources that fire, from the events; the number of operations."""
    total = np.int64(0)
    for t in range(np.uint64(ends.size - 1)):
        for n in range(np.uint64(ends[t]), np.uint64(ends[t + np.uint64(1)])):
            i = np.uint64(address[n])
            if lanes.slot[i] >= 0:
                total += rows.fanout[i]
                slot = np.uint64(lanes.slot[i])
                work.train[slot * length + t] += work.train.dtype.type(1)
                if work.mark[slot] == 1:
                    work.mark[slot] = 2
                    pixel = slot // lanes.channels
                    work.active[pixel, work.fired[pixel]] = slot - pixel * lanes.channels
                    work.fired[pixel] += 1
    return total


@inlined
def _add_pixels(sums, begin, lanes, work, length):
    """Target pixel by target pixel: its tile begins as the planes should, gathers, and goes to the planes."""
    planes, width, tile = sums.reshape(-1), lanes.width, work.tile
    for p in range(np.uint64(lanes.first_seen.size - 1)):
        first = p * width
        begin_tile(tile, begin, first, width, length)
        touched = gather_lists(work, lanes, p, length) if lanes.listed else gather_rows(work, lanes, p, length)
        if touched and width >= np.uint64(UNIT):
            store_tile(planes, tile, first, (width, np.uint64(sums.shape[1])), (length, np.uint64(sums.shape[0])))
        else:
            for t in range(np.uint64(sums.shape[0])):
                for o in range(width):
                    sums[t, first + o] = tile[o * length + t]


@inlined
def _clear(lanes, work, length):
    """Zeros where the sample left something."""
    for pixel in range(np.uint64(work.fired.size)):
        for a in range(np.uint64(work.fired[pixel])):
            slot = pixel * lanes.channels + np.uint64(work.active[pixel, a])
            work.mark[slot] = 0
            work.train[slot * length : (slot + np.uint64(1)) * length] = 0
        work.fired[pixel] = 0
