"""The taps of each synapse: one table, record type -> its taps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spikewright import InvalidNetwork
from spikewright.snn.event.addresses import Grid, as_grid
from spikewright.snn.event.taps import SlidingKernel, Taps, Values, conv_taps, dense_taps, transposed_taps
from spikewright.snn.event.uneven_taps import separable_taps
from spikewright.snn.network import Network
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Pair,
    Separable2d,
    Upsample,
    pooled_shape,
)
from spikewright.weights import stored_values
from spikewright.weights import values as acting_values


def taps_of(network: Network, projection: Projection) -> Taps:
    """The taps of a projection, weights as they act: integers in fixed point, else float32.

    Raises InvalidNetwork for a synapse without weights.
    """
    source, target = network.by_name[projection.source], network.by_name[projection.target]
    made = TAPS.get(type(projection.synapse))
    if made is None:
        raise InvalidNetwork(
            f"expected weights in projection {projection.name!r}, got {type(projection.synapse).__name__}"
        )
    shape, grid = as_grid(pooled_shape(projection.reads(source.shape), projection.pool)), as_grid(target.shape)
    return made(projection.synapse, shape, grid[1:], network.numbers == "fixed")


def _weights(synapse: Any, fixed: bool) -> Values:
    return stored_values(synapse.weights) if fixed else acting_values(synapse.weights)


def _gains(synapse: Any, shape: Grid, kernel: Pair, fixed: bool) -> Values:
    """The gain of each channel at every place of a kernel, `(channels, 1, *kernel)`."""
    gain = np.asarray(synapse.gain, np.int64 if fixed else np.float32).reshape(-1, 1, 1, 1)
    return np.broadcast_to(gain, (shape[0], 1, *kernel))


def _linear(synapse: Linear, shape: Grid, target: Pair, fixed: bool) -> Taps:
    return dense_taps(shape, _weights(synapse, fixed).T.reshape(*shape, -1).transpose(1, 2, 0, 3))


def _conv2d(synapse: Conv2d, shape: Grid, target: Pair, fixed: bool) -> Taps:
    return conv_taps(shape, target, _sliding(synapse), _weights(synapse, fixed))


def _conv1d(synapse: Conv1d, shape: Grid, target: Pair, fixed: bool) -> Taps:
    return _conv2d(synapse.as_conv2d(), shape, target, fixed)


def _transposed(synapse: ConvTranspose2d, shape: Grid, target: Pair, fixed: bool) -> Taps:
    return transposed_taps(shape, target, _sliding(synapse), _weights(synapse, fixed))


def _upsample(synapse: Upsample, shape: Grid, target: Pair, fixed: bool) -> Taps:
    each = SlidingKernel(stride=synapse.factor, groups=shape[0])
    return transposed_taps(shape, target, each, _gains(synapse, shape, synapse.factor, fixed))


def _average(synapse: AvgPool2d, shape: Grid, target: Pair, fixed: bool) -> Taps:
    each = SlidingKernel(stride=synapse.stride, groups=shape[0])
    return conv_taps(shape, target, each, _gains(synapse, shape, synapse.kernel, fixed))


def _identity(synapse: Identity, shape: Grid, target: Pair, fixed: bool) -> Taps:
    return conv_taps(shape, target, SlidingKernel(groups=shape[0]), _gains(synapse, shape, (1, 1), fixed))


def _separable(synapse: Separable2d, shape: Grid, target: Pair, fixed: bool) -> Taps:
    return separable_taps(shape, (synapse.rows, synapse.columns), _gains(synapse, shape, (1, 1), fixed).reshape(-1))


def _sliding(synapse: Conv2d | ConvTranspose2d) -> SlidingKernel:
    return SlidingKernel(synapse.stride, synapse.padding, synapse.dilation, synapse.groups)


TAPS: dict[type, Callable[[Any, Grid, Pair, bool], Taps]] = {
    Linear: _linear,
    Conv1d: _conv1d,
    Conv2d: _conv2d,
    ConvTranspose2d: _transposed,
    Upsample: _upsample,
    AvgPool2d: _average,
    Identity: _identity,
    Separable2d: _separable,
}
"""`made(synapse, shape of the pooled source, rows and columns of the target, fixed point)`."""
