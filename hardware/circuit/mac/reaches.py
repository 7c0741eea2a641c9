"""What the outputs of a MAC layer read through a projection: taps along both axes, and the weights of each group of channels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.axes import Reached, convolved, enlarged, pooled
from spikewright.hardware.circuit.mac.axes import MacAxis, by_tap, everything, in_turn, reads_of
from spikewright.hardware.circuit.shapes import LayerBlocks, Map, as_map
from spikewright.snn import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Network,
    Projection,
    Upsample,
    Windows,
)
from spikewright.weights import stored_values

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ChannelGroup:
    """What a group of channel lanes reads: places of channels from `first` on, with `weights (places, rows, columns, lanes)`."""

    first: int
    weights: Whole


@dataclass(frozen=True, eq=False)
class MacReach:
    """What a projection brings to a layer.

    `rows`, `columns`: its taps along the axes. `groups`: for each group of channels what it reads. `one`: each channel lane reads
    one channel of its own, source channel c in bank (start + c) mod channel lanes; else all lanes read the same channels.
    `weighed`: values are multiplied; else they are compared.
    """

    rows: MacAxis
    columns: MacAxis
    groups: tuple[ChannelGroup, ...]
    one: bool
    start: int
    weighed: bool = True

    @property
    def taps(self) -> tuple[int, int]:
        """Rows and columns of weights."""
        shape = self.groups[0].weights.shape
        return int(shape[1]), int(shape[2])


def mac_reach(network: Network, projection: Projection, blocks: LayerBlocks) -> MacReach:
    """What the outputs in `blocks` read through `projection`."""
    source = as_map(network.by_name[projection.source].shape)
    return _REACH[type(projection.synapse)](projection, source, blocks)


def _linear(projection: Projection, source: Map, blocks: LayerBlocks) -> MacReach:
    assert projection.synapse.weights is not None
    rows, columns = (by_tap(everything(source[n + 1], projection.pool[n]), 1, 1) for n in (0, 1))
    size = tuple(source[n + 1] // projection.pool[n] for n in (0, 1))
    weights = stored_values(projection.synapse.weights).astype(np.int64).reshape(-1, source[0], *size)
    return _grouped(projection, blocks, (rows, columns), weights, 1)


def _convolution(projection: Projection, source: Map, blocks: LayerBlocks) -> MacReach:
    synapse: Any = projection.synapse
    synapse = synapse.as_conv2d() if isinstance(synapse, Conv1d) else synapse
    weights = stored_values(synapse.weights).astype(np.int64)
    law = enlarged if isinstance(synapse, ConvTranspose2d) else convolved
    axes = []
    for axis in (0, 1):
        inside, pool = source[axis + 1] // projection.pool[axis], projection.pool[axis]
        stride, padding, dilation = (pair[axis] for pair in (synapse.stride, synapse.padding, synapse.dilation))
        reached = law(inside, weights.shape[2 + axis], stride, padding, dilation)
        step = pool if law is enlarged else stride * pool
        axes.append(_axis(by_tap, pooled(reached, source[axis + 1], pool), axis, blocks, (pool, step)))
    if weights.shape[1] == 1 and len(weights) == source[0]:
        return _single(projection, blocks, (axes[0], axes[1]), weights[:, 0])
    return _grouped(projection, blocks, (axes[0], axes[1]), weights, synapse.groups)


def _gained(projection: Projection, source: Map, blocks: LayerBlocks) -> MacReach:
    synapse: Any = projection.synapse
    axes = []
    for axis in (0, 1):
        inside, pool = source[axis + 1] // projection.pool[axis], projection.pool[axis]
        reached, stride = convolved(inside, 1, 1, 0, 1), 1
        if isinstance(synapse, AvgPool2d):
            stride = synapse.stride[axis]
            reached = convolved(inside, synapse.kernel[axis], stride, 0, 1)
        if isinstance(synapse, Upsample):
            reached = enlarged(inside, synapse.factor[axis], synapse.factor[axis], 0, 1)
        axes.append(
            _axis(in_turn, pooled(reached, source[axis + 1], pool), axis, blocks, (pool, stride * pool)),
        )
    gain = np.broadcast_to(np.asarray(synapse.gain).astype(np.int64).reshape(-1), (source[0],))
    return _single(projection, blocks, (axes[0], axes[1]), gain[:, None, None])


def _compared(projection: Projection, source: Map, blocks: LayerBlocks) -> MacReach:
    synapse: Any = projection.synapse
    axes = []
    for axis in (0, 1):
        kernel, stride, padding = (pair[axis] for pair in (synapse.kernel, synapse.stride, synapse.padding))
        reached = convolved(source[axis + 1], kernel, stride, padding, 1)
        axes.append(_axis(by_tap, reached, axis, blocks, (1, stride)))
    return _single(projection, blocks, (axes[0], axes[1]), np.zeros((source[0], 1, 1), np.int64), weighed=False)


def _axis(
    law: Callable[..., MacAxis], reached: Reached, axis: int, blocks: LayerBlocks, apart: tuple[int, int]
) -> MacAxis:
    """The rows (0) or columns (1); `apart`: sources of a pool, and from a lane to the next."""
    lanes = (blocks.lanes.rows, blocks.lanes.columns)[axis]
    return law(reads_of(reached, blocks.shape[axis + 1], apart[0]), lanes, apart[1])


def _grouped(
    projection: Projection, blocks: LayerBlocks, axes: tuple[MacAxis, MacAxis], weights: Whole, groups: int
) -> MacReach:
    """All channel lanes read the same source channels: those of all groups of the convolution that the lanes belong to."""
    start, lanes, found = (projection.channels or (0, 0))[0], blocks.lanes.channels, []
    out, inside = weights.shape[:2]
    size = out // groups
    for group in range(blocks.groups):
        mine = [n for n in range(group * lanes - start, (group + 1) * lanes - start) if 0 <= n < out]
        first = mine[0] // size * inside if mine else 0
        count = (mine[-1] // size + 1) * inside - first if mine else 0
        held = np.zeros((count, *weights.shape[2:], lanes), np.int64)
        for n in mine:
            at = n // size * inside - first
            held[at : at + inside, :, :, n + start - group * lanes] = weights[n]
        found.append(ChannelGroup(first, held))
    return MacReach(*axes, tuple(found), one=False, start=start)


def _single(
    projection: Projection,
    blocks: LayerBlocks,
    axes: tuple[MacAxis, MacAxis],
    weights: Whole,
    *,
    weighed: bool = True,
) -> MacReach:
    """Each channel lane reads the source channel of its own number, with `weights (channels, rows, columns)`."""
    start, lanes, found = (projection.channels or (0, 0))[0], blocks.lanes.channels, []
    for group in range(blocks.groups):
        mine = [n for n in range(group * lanes - start, (group + 1) * lanes - start) if 0 <= n < len(weights)]
        held = np.zeros((1 if mine else 0, *weights.shape[1:], lanes), np.int64)
        for n in mine:
            held[0, :, :, n + start - group * lanes] = weights[n]
        found.append(ChannelGroup(group - start // lanes if mine else 0, held))
    return MacReach(*axes, tuple(found), one=True, start=start, weighed=weighed)


_REACH: Mapping[type, Callable[[Projection, Map, LayerBlocks], MacReach]] = {
    Linear: _linear,
    Conv1d: _convolution,
    Conv2d: _convolution,
    ConvTranspose2d: _convolution,
    AvgPool2d: _gained,
    Upsample: _gained,
    Identity: _gained,
    Windows: _compared,
}
"""The synapses that there are MAC lanes for."""
