"""What the events of a projection reach: where along both axes, and the rows of weights that it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.axes import Axis, single, spread
from spikewright.hardware.circuit.orders import behind_order
from spikewright.hardware.circuit.shapes import LayerBlocks, Map, as_map
from spikewright.hardware.circuit.window_axes import gained_kernel, windowed_axes
from spikewright.snn import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Network,
    Projection,
    Separable2d,
    Upsample,
    Windows,
)
from spikewright.weights import stored_values

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reach:
    """What events of a projection reach.

    `rows`, `columns`: the tiles of an event along the axes. `weights (places, tiles of rows, tiles of columns, groups, row)`: a
    row is added to a block in one pass; places are source channels, or one for all. `first`, `lane (source channels,)`: the
    first group of channels that an event reaches, and the channel lane where it reaches one channel only (`one_channel`).
    """

    rows: Axis
    columns: Axis
    weights: Whole
    first: Whole
    lane: Whole
    one_channel: bool

    @property
    def groups(self) -> int:
        """Groups of channels that an event reaches."""
        return int(self.weights.shape[3])


def reach(network: Network, projection: Projection, blocks: LayerBlocks) -> Reach:
    """How the events of `projection` reach its target, built of `blocks`; behind an order those that come out of it.

    A Linear has its order in its weights: its events are those of the source.
    """
    shape = network.by_name[projection.source].shape
    source = as_map(shape if isinstance(projection.synapse, Linear) else projection.reads(shape))
    return _REACH[type(projection.synapse)](projection, source, blocks)


def _linear(projection: Projection, source: Map, blocks: LayerBlocks) -> Reach:
    assert projection.synapse.weights is not None
    weights = stored_values(projection.synapse.weights).astype(np.int64)
    start, pool = (projection.channels or (0, 0))[0], projection.pool
    if projection.order is not None:
        weights, pool = behind_order(weights, projection.order, pool, source), (1, 1)
    rows, columns = (single(source[axis + 1], pool[axis]) for axis in (0, 1))
    whole = np.zeros((weights.shape[1], blocks.groups * blocks.lanes.channels), np.int64)
    whole[:, blocks.slots[start : start + len(weights)]] = weights.T
    shape = (source[0], len(rows.order), len(columns.order), blocks.groups, blocks.lanes.channels)
    nothing = np.zeros(source[0], np.int64)
    return Reach(rows, columns, whole.reshape(shape), nothing, nothing, False)


def _convolution(projection: Projection, source: Map, blocks: LayerBlocks) -> Reach:
    synapse: Any = projection.synapse
    weights = stored_values(synapse.weights).astype(np.int64)
    rows, columns = windowed_axes(projection, source, blocks)
    out, per_group = weights.shape[:2]
    start = (projection.channels or (0, 0))[0]
    if per_group == 1 and out == source[0]:
        return _single(projection, source, blocks, weights[:, 0], (rows, columns))
    channels, size = blocks.lanes.channels, out // synapse.groups
    reached = np.arange(source[0])[:, None] // per_group * size + np.arange(size)
    slots = blocks.slots[start + reached]
    groups = slots // channels
    count = blocks.groups if blocks.neighbours else int(np.max(groups.max(axis=1) - groups.min(axis=1))) + 1
    first = np.minimum(groups.min(axis=1), blocks.groups - count)
    held = np.zeros((source[0], count * channels, *weights.shape[2:]), np.int64)
    for c in range(source[0]):
        held[c, slots[c] - first[c] * channels] = weights[reached[c], c % per_group]
    lanes = held.reshape(source[0], count, channels, *weights.shape[2:])
    tiled = _tiled(lanes, rows, columns)
    return Reach(rows, columns, tiled, first, np.zeros(source[0], np.int64), False)


def _sequence(projection: Projection, source: Map, blocks: LayerBlocks) -> Reach:
    """A Conv1d is a convolution of one row."""
    synapse: Any = projection.synapse
    return _convolution(replace(projection, synapse=synapse.as_conv2d()), source, blocks)


def _separable(projection: Projection, source: Map, blocks: LayerBlocks) -> Reach:
    synapse: Any = projection.synapse
    axes = windowed_axes(projection, source, blocks)
    numbers = [spread(matrix)[1] for matrix in (synapse.rows, synapse.columns)]
    gain = np.broadcast_to(np.asarray(synapse.gain).astype(np.int64).reshape(-1), (source[0],))
    return _single(projection, source, blocks, gain[:, None, None] * np.multiply.outer(*numbers), axes)


def _gained(projection: Projection, source: Map, blocks: LayerBlocks) -> Reach:
    synapse: Any = projection.synapse
    axes = windowed_axes(projection, source, blocks)
    gain = 1 if synapse.gain is None else synapse.gain
    gain = np.broadcast_to(np.asarray(gain).astype(np.int64).reshape(-1), (source[0],))
    kernel = gained_kernel(synapse)
    return _single(projection, source, blocks, np.broadcast_to(gain[:, None, None], (source[0], *kernel)), axes)


def _single(projection: Projection, source: Map, blocks: LayerBlocks, weights: Whole, axes: tuple[Axis, Axis]) -> Reach:
    """Weights `(channels, rows, columns)` of a synapse in which each channel reaches that of its own number."""
    slots = blocks.slots[(projection.channels or (0, 0))[0] + np.arange(source[0])]
    same = bool(np.all(weights == weights[:1]))
    tiled = _tiled((weights[:1] if same else weights)[:, None, None], *axes)
    return Reach(*axes, tiled, slots // blocks.lanes.channels, slots % blocks.lanes.channels, True)


def _tiled(lanes: Whole, rows: Axis, columns: Axis) -> Whole:
    """`(places, groups, lanes, kernel rows, kernel columns)` to `(places, tile rows, tile columns, groups, banks x lanes)`."""
    places, groups, channels = lanes.shape[:3]
    made = np.zeros(
        (places, len(rows.order), len(columns.order), groups, rows.banks, columns.banks, channels), np.int64
    )
    for ty, taps_y in enumerate(rows.order):
        for tx, taps_x in enumerate(columns.order):
            for by, tap_y in enumerate(taps_y):
                for bx, tap_x in enumerate(taps_x):
                    if tap_y is not None and tap_x is not None:
                        made[:, ty, tx, :, by, bx] = lanes[:, :, :, tap_y, tap_x]
    return made.reshape(places, len(rows.order), len(columns.order), groups, -1)


_REACH: Mapping[type, Callable[[Projection, Map, LayerBlocks], Reach]] = {
    Linear: _linear,
    Conv1d: _sequence,
    Conv2d: _convolution,
    ConvTranspose2d: _convolution,
    AvgPool2d: _gained,
    Upsample: _gained,
    Identity: _gained,
    Separable2d: _separable,
    Windows: _gained,
}
