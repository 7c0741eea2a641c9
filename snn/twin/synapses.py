"""Projections as torch modules: the sums S that the values of a source bring to its target."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import InvalidNetwork
from spikewright.snn.network import Network
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Separable2d,
    Synapse,
    Upsample,
    Windows,
)
from spikewright.weights import Expression, stored_values


class Path(nn.Module):
    """One projection: `(batch, *source shape)` -> `(batch, *target shape)`, zero outside the projection's slice of
    channels.

    Integers are exact as long as the sums fit into the mantissa of `dtype`. The weights are parameters that ask for
    no gradient. `Windows` give the largest value of each window, whose gradient goes to the winner.
    """

    weight: nn.Parameter | None
    places: Tensor | None

    def __init__(self, network: Network, projection: Projection, dtype: torch.dtype) -> None:
        super().__init__()
        if type(projection.synapse) not in _RULES:
            kind = type(projection.synapse).__name__
            raise InvalidNetwork(f"expected a synapse that torch knows, got {kind} in projection {projection.name!r}")
        self.projection = projection
        self.target = network.by_name[projection.target].shape
        values = _numbers(projection.synapse, fixed=network.numbers == "fixed")
        order = projection.order
        places = None if order is None else torch.tensor(order.addresses.reshape(-1))
        self.register_buffer("places", places, persistent=False)
        weight = None if values is None else nn.Parameter(torch.tensor(values).to(dtype), requires_grad=False)
        self.register_parameter("weight", weight)

    def forward(self, x: Tensor) -> Tensor:
        """S without the step axis."""
        projection = self.projection
        x = self._ordered(x)
        pooled = x if projection.pool == (1, 1) else _window_sums(x, projection.pool, projection.pool)
        sums = _RULES[type(projection.synapse)](projection.synapse, pooled, self.weight)
        if projection.shift:
            sums = sums * 2.0**projection.shift
        return sums if projection.channels is None else self._in_slice(sums, projection.channels)

    def _ordered(self, x: Tensor) -> Tensor:
        """The numbers in the places of the projection's order: a gather, whose gradient adds up over repetition."""
        order = self.projection.order
        if order is None:
            return x
        behind = F.pad(x.flatten(1), (0, 1))  # a zero at the end, where -1 leads
        return behind[:, self.places].reshape(-1, *order.shape)

    def _in_slice(self, sums: Tensor, channels: tuple[int, int]) -> Tensor:
        rest = [0, 0] * (sums.ndim - 2)
        return F.pad(sums, [*rest, channels[0], self.target[0] - channels[1]])


def as_column(values: Any, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """A scalar, `(channels,)` or full array as a tensor that broadcasts against `(..., *shape)`."""
    tensor = torch.tensor(np.asarray(values)).to(dtype)
    return tensor.reshape(-1, *[1] * (len(shape) - 1)) if tensor.ndim == 1 else tensor


def _numbers(synapse: Synapse, *, fixed: bool) -> np.ndarray[Any, Any] | None:
    if synapse.gain is not None:
        return np.asarray(synapse.gain)
    return _weights(synapse.weights, fixed=fixed) if synapse.weights is not None else None


def _weights(stored: Expression, *, fixed: bool) -> np.ndarray[Any, Any]:
    return stored_values(stored) if fixed else stored.values()


def _linear(synapse: Linear, x: Tensor, weight: Tensor) -> Tensor:
    return F.linear(x.flatten(1), weight)


def _conv(synapse: Conv2d, x: Tensor, weight: Tensor) -> Tensor:
    return F.conv2d(
        x, weight, stride=synapse.stride, padding=synapse.padding, dilation=synapse.dilation, groups=synapse.groups
    )


def _conv1d(synapse: Conv1d, x: Tensor, weight: Tensor) -> Tensor:
    return F.conv1d(x, weight, None, synapse.stride, synapse.padding, synapse.dilation, synapse.groups)


def _transposed(synapse: ConvTranspose2d, x: Tensor, weight: Tensor) -> Tensor:
    """PyTorch wants W with the input channel first, `(in, out / groups, ...)`."""
    grouped = weight.reshape(synapse.groups, -1, *weight.shape[1:]).transpose(1, 2)
    turned = grouped.reshape(x.shape[1], -1, *weight.shape[2:])
    geometry = (synapse.stride, synapse.padding, synapse.output_padding, synapse.groups, synapse.dilation)
    return F.conv_transpose2d(x, turned, None, *geometry)


def _pool(synapse: AvgPool2d, x: Tensor, gain: Tensor) -> Tensor:
    return _window_sums(x, synapse.kernel, synapse.stride) * _per_channel(gain, x)


def _identity(synapse: Identity, x: Tensor, gain: Tensor) -> Tensor:
    return x * _per_channel(gain, x)


def _upsample(synapse: Upsample, x: Tensor, gain: Tensor) -> Tensor:
    rows = x.repeat_interleave(synapse.factor[0], dim=2)
    return rows.repeat_interleave(synapse.factor[1], dim=3) * _per_channel(gain, x)


def _separable(synapse: Separable2d, x: Tensor, gain: Tensor) -> Tensor:
    rows, columns = (torch.tensor(matrix).to(x) for matrix in (synapse.rows, synapse.columns))
    wide = x @ columns.T
    return (wide if x.ndim == 3 else rows @ wide) * _per_channel(gain, x)


def _largest(synapse: Windows, x: Tensor, nothing: None) -> Tensor:
    return F.max_pool2d(x, synapse.kernel, synapse.stride, synapse.padding)


def _per_channel(gain: Tensor, x: Tensor) -> Tensor:
    return gain.reshape(-1, *[1] * (x.ndim - 2)) if gain.ndim else gain


def _window_sums(x: Tensor, kernel: tuple[int, int], stride: tuple[int, int]) -> Tensor:
    return F.avg_pool2d(x, kernel, stride, divisor_override=1)


_RULES: dict[type, Callable[..., Tensor]] = {
    Linear: _linear,
    Conv1d: _conv1d,
    Conv2d: _conv,
    ConvTranspose2d: _transposed,
    AvgPool2d: _pool,
    Upsample: _upsample,
    Identity: _identity,
    Separable2d: _separable,
    Windows: _largest,
}
