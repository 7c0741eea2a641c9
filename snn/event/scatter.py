"""Every synapse as one thing: where a spike's weight rows go.

A target population has a plane `(rows, columns, channels)`. A spike of source neuron i adds runs of consecutive weights to
runs of consecutive neurons,

    plane[base[i] + to[k] : + length[k]] += weights[row[i] + start[k] : + length[k]]   for the taps k of pattern[i],

with output channels contiguous. A convolution of stride one has one tap for each kernel row (all its columns and output
channels in a run), a strided one the same for each phase of the source's position, a dense layer one tap in all. At the
borders of the map a pattern has fewer and shorter taps: nothing is ever added to a target that does not exist.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.event.checks import as_int32
from spikewright.snn.event.lanes import Lanes, compile_lanes
from spikewright.snn.event.taps import Ints, Taps, conv_taps, dense_taps, transposed_taps
from spikewright.snn.network import Network, Projection
from spikewright.snn.synapses import (
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Upsample,
    Windows,
    as_conv2d,
    pooled_shape,
)
from spikewright.weights import dense, stored_values
from spikewright.weights import values as acting_values

Grid = tuple[int, int, int]


class Scatter(NamedTuple):
    """The arrays of one projection that the kernels read; see the equation above. `fanout`: synaptic operations of one event.

    A source that no window of the pool holds has the pattern -1 and reaches nothing.
    """

    base: NDArray[np.int32]
    row: NDArray[np.int32]
    pattern: NDArray[np.int32]
    first_tap: NDArray[np.int32]
    to: NDArray[np.int32]
    start: NDArray[np.int32]
    length: NDArray[np.int32]
    fanout: NDArray[np.int64]
    weights: NDArray[Any]


def as_grid(shape: tuple[int, ...]) -> Grid:
    """`(C, H, W)`, with `(C, L)` read as one row and `(N,)` as N channels of one pixel."""
    rows, columns = (1, 1, *shape[1:])[-2:]
    return (shape[0], rows, columns)


def engine_order(shape: tuple[int, ...]) -> Ints:
    """For each engine address (rows, columns, channels) the public one (channels, rows, columns)."""
    return np.arange(int(np.prod(shape))).reshape(as_grid(shape)).transpose(1, 2, 0).reshape(-1)


def compile_scatter(network: Network, projection: Projection, kind: np.dtype[Any], shift: int) -> Scatter:
    """The plan of one projection; integers are multiplied by 2**shift and the weights held as `kind`."""
    taps = _taps(network, projection)
    channels, _, width = as_grid(network.by_name[projection.target].shape)
    offset = projection.channels[0] if projection.channels else 0
    channel, rows, columns, kept = _places(as_grid(network.by_name[projection.source].shape), projection.pool)
    base_row, base_column, _ = taps.place(rows, columns)
    blocks = taps.blocks(channel, rows, columns)
    distinct, pattern = taps.patterns(rows, columns)
    chosen = [taps.inside(one) for one in distinct]
    runs = [taps.runs(one, width, channels) for one in chosen]
    to, start, length = as_int32(np.asarray([run for one in runs for run in one], np.int64)).reshape(-1, 3).T
    survivors = np.stack([taps.survivors[one].sum(axis=0) for one in chosen])
    weights = taps.weights if np.issubdtype(kind, np.floating) else taps.weights.astype(np.int64) << shift
    return Scatter(
        base=as_int32((base_row * width + base_column) * channels + offset + taps.channel_base[channel]),
        row=as_int32(blocks * taps.block),
        pattern=as_int32(np.where(kept, pattern, -1)),
        first_tap=as_int32(np.cumsum([0] + [len(one) for one in runs])),
        to=np.ascontiguousarray(to),
        start=np.ascontiguousarray(start),
        length=np.ascontiguousarray(length),
        fanout=np.where(kept, survivors[pattern, blocks], 0),
        weights=np.ascontiguousarray(weights.astype(kind)),
    )


def channels_of_a_row(network: Network, projection: Projection) -> int:
    """Output channels that one kernel place of one input channel reaches."""
    return _taps(network, projection).length


def compile_lanes_of(network: Network, projection: Projection, plan: Scatter, share: float) -> Lanes:
    """The plan by time lanes that belongs to `plan`, over the same weights; `share` of them are added by rows."""
    taps = _taps(network, projection)
    source = as_grid(network.by_name[projection.source].shape)
    pooled = as_grid(pooled_shape(network.by_name[projection.source].shape, projection.pool))
    channel, rows, columns, kept = _places(source, projection.pool)
    slots = (rows * pooled[2] + columns) * pooled[0] + channel
    return compile_lanes(taps, (pooled[1] * pooled[2], pooled[2]), (slots, kept), plan.weights, share)


def _places(source: Grid, pool: tuple[int, int]) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """For each source neuron in engine order: its channel, pooled row and column, and whether a window holds it."""
    channels, height, width = source
    grids = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    row, column, channel = (grid.reshape(-1) for grid in grids)
    rows, columns = row // pool[0], column // pool[1]
    kept = (rows < height // pool[0]) & (columns < width // pool[1])
    return channel, np.where(kept, rows, 0), np.where(kept, columns, 0), kept


def _taps(network: Network, projection: Projection) -> Taps:
    source, target = network.by_name[projection.source], network.by_name[projection.target]
    shape, grid = as_grid(pooled_shape(source.shape, projection.pool)), as_grid(target.shape)
    synapse, fixed = projection.synapse, network.numbers == "fixed"
    read = stored_values if fixed else acting_values
    if isinstance(synapse, Conv1d):
        synapse = as_conv2d(synapse)
    if isinstance(synapse, Conv2d):
        return conv_taps(shape, grid[1:], synapse, read(synapse.weights))
    if isinstance(synapse, ConvTranspose2d):
        return transposed_taps(shape, grid[1:], synapse, read(synapse.weights))
    if isinstance(synapse, Linear):
        return dense_taps(shape, read(synapse.weights).T.reshape(*shape, -1).transpose(1, 2, 0, 3))
    if isinstance(synapse, Windows):
        raise InvalidNetwork(f"expected weights in projection {projection.name!r}, got Windows")
    gain = np.asarray(synapse.gain, dtype=np.int64 if fixed else np.float32).reshape(-1, 1, 1, 1)
    if isinstance(synapse, Upsample):
        values = np.broadcast_to(gain, (shape[0], 1, *synapse.factor))
        upsample = ConvTranspose2d(dense(values), stride=synapse.factor, groups=shape[0])
        return transposed_taps(shape, grid[1:], upsample, values)
    kernel, stride = ((1, 1), (1, 1)) if isinstance(synapse, Identity) else (synapse.kernel, synapse.stride)
    values = np.broadcast_to(gain, (shape[0], 1, *kernel))
    return conv_taps(shape, grid[1:], Conv2d(dense(values), stride=stride, groups=shape[0]), values)
