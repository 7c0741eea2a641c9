"""How far one event reaches through a synapse, and from how many inputs a neuron hears: what lanes and memories are made for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import gcd, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.snn import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Projection,
    Separable2d,
    Upsample,
    Windows,
)


@dataclass(frozen=True)
class SynapseReach:
    """What a synapse asks of a circuit.

    `channels`, `tap_rows`, `tap_columns`: one event reaches at most so many channels at so many rows and columns of positions.
    `rows`: sources of events that share no weights, the rows of the weight memory. `fan_in`: inputs of one target neuron, padding
    included.
    """

    channels: int
    tap_rows: int
    tap_columns: int
    rows: int
    fan_in: int

    @property
    def taps(self) -> int:
        """Positions that one event reaches."""
        return self.tap_rows * self.tap_columns

    def lanes(self, built: PhysicalLanes) -> PhysicalLanes:
        """Those of the lanes `built` that one event can use."""
        return PhysicalLanes(
            min(built.channels, self.channels), min(built.rows, self.tap_rows), min(built.columns, self.tap_columns)
        )


def reach_of(projection: Projection) -> SynapseReach:
    """The reach of a projection that a core can have; a pool in front of the synapse counts each event."""
    synapse = projection.synapse
    found = REACH[type(synapse)](synapse)
    return replace(found, fan_in=found.fan_in * prod(projection.pool))


def _linear(synapse: Linear) -> SynapseReach:
    out, inputs = synapse.weights.shape
    return SynapseReach(out, 1, 1, rows=inputs, fan_in=inputs)


def _conv2d(synapse: Conv2d) -> SynapseReach:
    out, per_group, *kernel = synapse.weights.shape
    rows, columns = map(_most_taps, kernel, synapse.stride, synapse.dilation)
    return SynapseReach(
        out // synapse.groups, rows, columns, rows=per_group * synapse.groups, fan_in=per_group * prod(kernel)
    )


def _conv1d(synapse: Conv1d) -> SynapseReach:
    return _conv2d(synapse.as_conv2d())


def _conv_transpose2d(synapse: ConvTranspose2d) -> SynapseReach:
    """An event reaches all taps; a neuron hears those that meet the grid of the stride."""
    out, per_group, rows, columns = synapse.weights.shape
    heard = prod(map(_most_taps, (rows, columns), synapse.stride, synapse.dilation))
    return SynapseReach(out // synapse.groups, rows, columns, rows=per_group * synapse.groups, fan_in=per_group * heard)


def _windows(synapse: AvgPool2d | Windows) -> SynapseReach:
    rows, columns = map(_most_taps, synapse.kernel, synapse.stride, (1, 1))
    return SynapseReach(1, rows, columns, rows=1, fan_in=prod(synapse.kernel))


def _upsample(synapse: Upsample) -> SynapseReach:
    return SynapseReach(1, *synapse.factor, rows=1, fan_in=1)


def _identity(synapse: Identity) -> SynapseReach:
    return SynapseReach(1, 1, 1, rows=1, fan_in=1)


def _separable2d(synapse: Separable2d) -> SynapseReach:
    """Of a matrix: the longest stretch of a column from its first to its last number, and the most numbers of a row."""
    rows, columns = (_stretch(matrix) for matrix in (synapse.rows, synapse.columns))
    heard = prod(max(1, int(np.count_nonzero(matrix, axis=1).max())) for matrix in (synapse.rows, synapse.columns))
    return SynapseReach(1, rows, columns, rows=1, fan_in=heard)


def _stretch(matrix: NDArray[Any]) -> int:
    ends = [np.flatnonzero(column)[[0, -1]] for column in matrix.T if column.any()]
    return max((int(last - first) + 1 for first, last in ends), default=1)


REACH: Mapping[type, Callable[[Any], SynapseReach]] = {
    Linear: _linear,
    Conv1d: _conv1d,
    Conv2d: _conv2d,
    ConvTranspose2d: _conv_transpose2d,
    AvgPool2d: _windows,
    Windows: _windows,
    Upsample: _upsample,
    Identity: _identity,
    Separable2d: _separable2d,
}
"""Synapse record -> its reach; one for each synapse that `snn.core_parts` allows."""


def _most_taps(kernel: int, stride: int, dilation: int) -> int:
    """The most outputs that one input reaches along an axis: ceil(kernel / stride), more where the dilation shares a factor.

    Every (stride / gcd)-th tap meets the grid of the stride: 3 taps, stride 2: 2; with dilation 2 all 3.
    """
    return -(-kernel // (stride // gcd(stride, dilation)))
