"""Projections as torch modules: the sums S that the values of a source bring to its target."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from snn.network import Network, Projection
from snn.synapses import AvgPool2d, Conv2d, Identity, Linear
from snn.weights import Storage, effective_weights, stored_values


class Path(nn.Module):
    """One projection: `(batch, *source shape)` -> `(batch, *target shape)`, zero outside the projection's slice of
    channels.

    Integers are exact as long as the sums fit into the mantissa of `dtype`. The weights are parameters that ask for
    no gradient.
    """

    weight: nn.Parameter

    def __init__(self, network: Network, projection: Projection, dtype: torch.dtype) -> None:
        super().__init__()
        synapse = projection.synapse
        self.projection = projection
        self.target = network.by_name[projection.target].shape
        if isinstance(synapse, Linear | Conv2d):
            values = _weights(synapse.weights, fixed=network.numbers == "fixed")
        else:
            values = np.asarray(synapse.gain)
        self.weight = nn.Parameter(torch.tensor(values).to(dtype), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """S without the step axis."""
        projection = self.projection
        pooled = x if projection.pool == (1, 1) else _window_sums(x, projection.pool, projection.pool)
        sums = _RULES[type(projection.synapse)](projection.synapse, pooled, self.weight)
        if projection.shift:
            sums = sums * 2.0**projection.shift
        return sums if projection.channels is None else self._in_slice(sums, projection.channels)

    def _in_slice(self, sums: Tensor, channels: tuple[int, int]) -> Tensor:
        rest = [0, 0] * (sums.ndim - 2)
        return F.pad(sums, [*rest, channels[0], self.target[0] - channels[1]])


def as_column(values: Any, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """A scalar, `(channels,)` or full array as a tensor that broadcasts against `(..., *shape)`."""
    tensor = torch.tensor(np.asarray(values)).to(dtype)
    if tensor.ndim == 1 and len(shape) == 3:
        return tensor.reshape(-1, 1, 1)
    return tensor


def _weights(storage: Storage, *, fixed: bool) -> np.ndarray[Any, Any]:
    return stored_values(storage) if fixed else effective_weights(storage)


def _linear(synapse: Linear, x: Tensor, weight: Tensor) -> Tensor:
    return F.linear(x.flatten(1), weight)


def _conv(synapse: Conv2d, x: Tensor, weight: Tensor) -> Tensor:
    return F.conv2d(
        x, weight, stride=synapse.stride, padding=synapse.padding, dilation=synapse.dilation, groups=synapse.groups
    )


def _pool(synapse: AvgPool2d, x: Tensor, gain: Tensor) -> Tensor:
    return _window_sums(x, synapse.kernel, synapse.stride) * _per_channel(gain, x)


def _identity(synapse: Identity, x: Tensor, gain: Tensor) -> Tensor:
    return x * _per_channel(gain, x)


def _per_channel(gain: Tensor, x: Tensor) -> Tensor:
    return gain.reshape(-1, *[1] * (x.ndim - 2)) if gain.ndim else gain


def _window_sums(x: Tensor, kernel: tuple[int, int], stride: tuple[int, int]) -> Tensor:
    return F.avg_pool2d(x, kernel, stride, divisor_override=1)


_RULES: dict[type, Callable[..., Tensor]] = {Linear: _linear, Conv2d: _conv, AvgPool2d: _pool, Identity: _identity}
