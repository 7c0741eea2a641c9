"""The nodes between two populations of a NIR graph, read as one projection.

Pools in front of the weights become the projection's `pool`; an average's divisor goes into the weights. A pool behind a
convolution is composed into it: with windows of p at stride q, kernel k, stride s and dilation d,

    mean over i < p of conv[y q + i] = sum over m of K[m] x[y q s + m - padding],   K[m] = sum over i s + k d = m of W[k] / p

A Scale multiplies weights, or is the gain of an Identity. Two weighted nodes in a row are refused.
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.files import LARGEST_COUNT
from spikewright.snn.interop.nir_reading import numbers, pair, whole_numbers
from spikewright.snn.network import Projection
from spikewright.snn.synapses import (
    WEIGHTED,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Identity,
    Linear,
    Shape,
    Synapse,
    output_shape,
    pooled_shape,
)
from spikewright.snn.weights import Dense

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Step:
    """A projection without a target: `shape` is what it makes, `bias` the current of node `owner`, delays in steps."""

    source: str
    shape: Shape
    synapse: Synapse
    values: Reals
    pool: tuple[int, int]
    delay: int
    owner: str
    bias: Reals

    def delayed(self, steps: int) -> "Step":
        """The same, at least `steps` late."""
        return replace(self, delay=max(self.delay, steps))

    def projection(self, target: str, number: int, gain: Reals) -> Projection:
        """The projection into `target`, whose neurons multiply what enters by `gain`."""
        values, full = self.values, np.broadcast_to(gain, self.shape)
        rows = full.reshape(self.shape[0], -1)
        if np.any(rows != rows[:, :1]):
            raise InvalidNetwork(f"expected one r for each channel of node {target!r}, got several")
        if np.any(rows != 1.0):
            values = values * (rows[:, 0].reshape(-1, *[1] * (values.ndim - 1)) if values.ndim else rows[:, 0])
        synapse = _filled(self.synapse, values.astype(np.float32))
        name = f"{self.source}->{target}/{number}"
        return Projection(self.source, target, synapse, self.pool, name=name, delay=self.delay)


class Chain:
    """Reads node after node; `through(nodes)` gives the `Step`. Weights stay in `values`, float64, until the end."""

    def __init__(self, source: str, shape: Shape, dt: float) -> None:
        self.source, self.shape, self.dt = source, shape, dt
        self.synapse: Any = None
        self.values: Reals = np.ones(())
        self.pool, self.delay, self.flat = (1, 1), 0, False
        self.owner, self.bias = "", np.zeros(())

    def through(self, nodes: list[tuple[str, Any]]) -> Step:
        """All nodes in order. Raises InvalidNetwork with the name of the one that does not fit."""
        for name, node in nodes:
            try:
                getattr(self, f"_{type(node).__name__.lower()}")(name, node)
            except InvalidNetwork as error:
                raise InvalidNetwork(f"node {name!r}: {error}") from error
            if prod(self.shape) > LARGEST_COUNT:
                raise InvalidNetwork(f"expected at most {LARGEST_COUNT} values behind node {name!r}, got {self.shape}")
        if self.synapse is None:
            if self.flat:
                raise InvalidNetwork(f"expected weights behind the Flatten after {self.source!r}, got a neuron")
            self.synapse, self.pool = self._bare(), (1, 1)
        return Step(self.source, self.shape, self.synapse, self.values, self.pool, self.delay, self.owner, self.bias)

    def _bare(self) -> Synapse:
        """A chain without weights."""
        return Identity() if self.pool == (1, 1) else AvgPool2d(self.pool, self.pool, 1.0)

    def _delay(self, name: str, node: Any) -> None:
        delay = numbers(node, name, "delay").reshape(-1) / self.dt
        steps = np.round(delay)
        if not delay.size or np.any(steps != steps[0]) or not 0 <= steps[0] <= 1_000_000:
            raise InvalidNetwork(f"expected one delay of 0 to 1000000 steps of {self.dt} s, got {delay[:4]}")
        if abs(delay[0] - steps[0]) > 1e-3:
            raise InvalidNetwork(f"expected a delay of whole steps of {self.dt} s, got {delay[0]:.4g} steps")
        self.delay += int(steps[0])

    def _flatten(self, name: str, node: Any) -> None:
        """Only whole: some tools count the batch as a dimension, so any end that leaves one dimension is accepted."""
        if self.synapse is not None:
            raise InvalidNetwork("expected a Flatten before the weights, got one behind them")
        self.flat = len(self.shape) > 1 or self.flat

    def _scale(self, name: str, node: Any) -> None:
        scale = numbers(node, name, "scale")
        full = np.broadcast_to(scale.reshape(()) if scale.size == 1 else scale, self._seen())
        rows = full.reshape(full.shape[0], -1)
        if np.all(full == full.reshape(-1)[0]):
            factor: Reals = full.reshape(-1)[:1].reshape(())
        elif self.flat or np.any(rows != rows[:, :1]):
            raise InvalidNetwork("expected one scale for each channel, got several")
        else:
            factor = rows[:, 0]
        weighted = self.values.ndim > 1
        self.values = self.values * (
            factor.reshape(-1, *[1] * (self.values.ndim - 1)) if weighted and factor.ndim else factor
        )
        if np.any(self.bias):  # nothing stays one number: weights behind it may make another number of channels
            self.bias = self.bias * factor

    def _seen(self) -> Shape:
        return (int(np.prod(self.shape)),) if self.flat else self.shape

    def _linear(self, name: str, node: Any) -> None:
        self._weigh(name, node, Linear, ())

    def _affine(self, name: str, node: Any) -> None:
        self._weigh(name, node, Linear, ())
        self._current(name, node)

    def _conv1d(self, name: str, node: Any) -> None:
        self._convolve(name, node, Conv1d, 1)

    def _conv2d(self, name: str, node: Any) -> None:
        self._convolve(name, node, Conv2d, 2)

    def _convolve(self, name: str, node: Any, kind: type, count: int) -> None:
        if self.flat:
            raise InvalidNetwork("expected a convolution before the Flatten, got one behind it")
        weight = numbers(node, name, "weight")
        if weight.ndim != 2 + count:
            raise InvalidNetwork(f"expected weights with {2 + count} dimensions, got {weight.shape}")
        stride, dilation = (whole_numbers(node, name, what, count) for what in ("stride", "dilation"))
        padding = _padding(node, name, weight.shape[2:], stride, dilation)
        groups = whole_numbers(node, name, "groups", 1)[0]
        settings = (stride, padding, dilation) if count == 2 else (stride[0], padding[0], dilation[0])
        self._weigh(name, node, kind, (*settings, groups))
        self._current(name, node)

    def _weigh(self, name: str, node: Any, kind: type, settings: tuple[Any, ...]) -> None:
        """Weights, with what stood before them multiplied in."""
        if self.synapse is not None:
            raise InvalidNetwork("expected a neuron between two nodes with weights, got none; multiply them first")
        weight, before = numbers(node, name, "weight"), self.values
        synapse = kind(Dense(weight.astype(np.float32)), *settings)
        shape = output_shape(synapse, self.shape)
        if before.ndim and kind is Linear:
            before = np.repeat(before, int(np.prod(self.shape[1:])))
        elif before.ndim:
            if getattr(synapse, "groups", 1) != 1:
                raise InvalidNetwork("expected one scale in front of a convolution with groups, got several")
            before = before.reshape(-1, *[1] * (weight.ndim - 2))
        self.synapse, self.values, self.shape, self.flat = synapse, weight * before, shape, False

    def _current(self, name: str, node: Any) -> None:
        bias = numbers(node, name, "bias")
        if bias.shape not in {(), (self.shape[0],)}:
            raise InvalidNetwork(f"expected a bias ({self.shape[0]},), got {bias.shape}")
        self.owner, self.bias = name, bias

    def _sumpool2d(self, name: str, node: Any) -> None:
        self._pool(name, node, average=False)

    def _avgpool2d(self, name: str, node: Any) -> None:
        self._pool(name, node, average=True)

    def _pool(self, name: str, node: Any, *, average: bool) -> None:
        kernel, stride = pair(node, name, "kernel_size"), pair(node, name, "stride")
        if any(pair(node, name, "padding")) or min(*kernel, *stride) < 1 or self.flat or len(self.shape) != 3:
            raise InvalidNetwork(f"expected a pool without padding on (C, H, W), got {kernel} on {self.shape}")
        share = 1.0 / (kernel[0] * kernel[1]) if average else 1.0
        if isinstance(self.synapse, Conv2d):
            self._compose(kernel, stride, share)
        elif self.synapse is not None:
            raise InvalidNetwork(
                f"expected a convolution or a neuron in front of the pool, got {type(self.synapse).__name__}"
            )
        elif kernel == stride:
            self.shape = pooled_shape(self.shape, kernel)
            self.pool, self.values = (self.pool[0] * kernel[0], self.pool[1] * kernel[1]), self.values * share
        elif self.pool != (1, 1):
            raise InvalidNetwork("expected one pool, got one with overlapping windows behind another")
        else:
            self.synapse = AvgPool2d(kernel, stride, 1.0)
            self.shape, self.values = output_shape(self.synapse, self.shape), self.values * share

    def _compose(self, kernel: tuple[int, int], stride: tuple[int, int], share: float) -> None:
        """The pool becomes part of the convolution in front of it."""
        conv, weight = self.synapse, self.values
        rows_out, columns_out = ((n - p) // q + 1 for n, p, q in zip(self.shape[1:], kernel, stride, strict=True))
        if min(rows_out, columns_out) < 1:
            raise InvalidNetwork(f"expected a pool {kernel} that fits into {self.shape}")
        reach = [
            (kernel[axis] - 1) * conv.stride[axis] + conv.dilation[axis] * (weight.shape[2 + axis] - 1) + 1
            for axis in (0, 1)
        ]
        whole = np.zeros((*weight.shape[:2], *reach))
        for i in range(kernel[0]):
            for j in range(kernel[1]):
                rows = i * conv.stride[0] + conv.dilation[0] * np.arange(weight.shape[2])
                columns = j * conv.stride[1] + conv.dilation[1] * np.arange(weight.shape[3])
                whole[:, :, rows[:, None], columns] += weight * share
        self.bias = self.bias * share * kernel[0] * kernel[1]
        steps = (conv.stride[0] * stride[0], conv.stride[1] * stride[1])
        self.synapse, self.values = Conv2d(conv.weights, steps, conv.padding, (1, 1), conv.groups), whole
        self.shape = (self.shape[0], rows_out, columns_out)


def _filled(synapse: Any, values: Any) -> Any:
    """The synapse with its weights or its gain."""
    if isinstance(synapse, WEIGHTED):
        return replace(synapse, weights=Dense(np.ascontiguousarray(values)))
    return replace(synapse, gain=values if values.ndim else float(values))


def _padding(node: Any, name: str, kernel: Shape, stride: Shape, dilation: Shape) -> tuple[int, ...]:
    """Padding in numbers; "same" is symmetric for odd kernels at stride 1."""
    padding = node.padding.decode() if isinstance(node.padding, bytes) else node.padding
    if not isinstance(padding, str):
        return whole_numbers(node, name, "padding", len(kernel))
    reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    if padding == "valid":
        return (0,) * len(kernel)
    if padding != "same" or any(r % 2 for r in reach) or set(stride) != {1}:
        raise InvalidNetwork(f"expected padding in numbers, got {padding!r} with kernel {kernel} and stride {stride}")
    return tuple(r // 2 for r in reach)
