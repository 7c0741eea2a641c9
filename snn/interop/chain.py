"""What lies between two populations in somebody else's file or module, read as one projection.

Pools in front of the weights become the projection's `pool`; an average's divisor goes into the weights; a pool behind a
convolution is composed into it (`interop.composing`). A factor multiplies weights, or is the gain of an Identity. Two layers with
weights in a row are refused. Weights stay float64 until the end.

    chain = Chain("input", (1, 28, 28))
    chain.pool((2, 2), (2, 2), average=True)
    chain.weigh(Linear, weights, ())               # 10 rows: chain.shape is (10,)
    chain.finished().projection("out", 0, ones)    # the Projection from "input" to "out"
"""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.interop.composing import composed
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import (
    AvgPool2d,
    Conv2d,
    Identity,
    Linear,
    Shape,
    Synapse,
    pooled_shape,
)
from spikewright.weights import dense

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OpenProjection:
    """A projection without a target: `shape` is what it makes, `bias` the current of the layer `owner`, delays in steps."""

    source: str
    shape: Shape
    synapse: Synapse
    values: Reals
    pool: tuple[int, int]
    delay: int
    owner: str
    bias: Reals

    def delayed(self, steps: int) -> "OpenProjection":
        """The same, at least `steps` late."""
        return replace(self, delay=max(self.delay, steps))

    def projection(self, target: str, number: int, gain: Reals) -> Projection:
        """The projection into `target`, whose neurons multiply what enters by `gain`."""
        values, full = self.values, np.broadcast_to(gain, self.shape)
        rows = full.reshape(self.shape[0], -1)
        if np.any(rows != rows[:, :1]):
            raise InvalidNetwork(f"expected one r for each channel of node {target!r}, got several")
        if np.any(rows != 1.0):
            values = values * (_along_rows(rows[:, 0], values) if values.ndim else rows[:, 0])
        synapse = _filled(self.synapse, values.astype(np.float32))
        name = f"{self.source}->{target}/{number}"
        return Projection(self.source, target, synapse, self.pool, name=name, delay=self.delay)


class Chain:
    """What layer after layer made of `source`: the shape now, the synapse so far, and its weights or gain in `values`."""

    def __init__(self, source: str, shape: Shape) -> None:
        self.source, self.shape = source, shape
        self.synapse: Any = None
        self.values: Reals = np.ones(())
        self.window, self.delay, self.flat = (1, 1), 0, False
        self.owner, self.bias = "", np.zeros(())

    def finished(self) -> OpenProjection:
        """The projection. Raises InvalidNetwork for a flattening that no weights follow."""
        if self.synapse is None:
            if self.flat:
                raise InvalidNetwork(f"expected weights behind the Flatten after {self.source!r}, got a neuron")
            self.synapse = Identity() if self.window == (1, 1) else AvgPool2d(self.window, self.window, 1.0)
            self.window = (1, 1)
        return OpenProjection(
            self.source, self.shape, self.synapse, self.values, self.window, self.delay, self.owner, self.bias
        )

    def flatten(self) -> None:
        """Everything in one axis, in front of weights."""
        if self.synapse is not None:
            raise InvalidNetwork("expected a Flatten before the weights, got one behind them")
        self.flat = len(self.shape) > 1 or self.flat

    def scale(self, scale: Reals) -> None:
        """Multiplication by a number, or by one for each channel."""
        seen = (prod(self.shape),) if self.flat else self.shape
        full = np.broadcast_to(scale.reshape(()) if scale.size == 1 else scale, seen)
        rows = full.reshape(full.shape[0], -1)
        if np.all(full == full.reshape(-1)[0]):
            factor: Reals = full.reshape(-1)[:1].reshape(())
        elif self.flat or np.any(rows != rows[:, :1]):
            raise InvalidNetwork("expected one scale for each channel, got several")
        else:
            factor = rows[:, 0]
        weighted = self.values.ndim > 1 and factor.ndim
        self.values = self.values * (_along_rows(factor, self.values) if weighted else factor)
        if np.any(self.bias):  # nothing stays one number: weights behind it may make another number of channels
            self.bias = self.bias * factor

    def weigh(self, kind: Any, weight: Reals, settings: tuple[Any, ...]) -> None:
        """The weights of a synapse record `kind` with these `settings`, with what stood before them multiplied in."""
        if self.synapse is not None:
            raise InvalidNetwork("expected a neuron between two nodes with weights, got none; multiply them first")
        synapse, before = kind(dense(weight.astype(np.float32)), *settings), self.values
        shape = synapse.output_shape(self.shape)
        if before.ndim and kind is Linear:
            before = np.repeat(before, prod(self.shape[1:]))
        elif before.ndim:
            if getattr(synapse, "groups", 1) != 1:
                raise InvalidNetwork("expected one scale in front of a convolution with groups, got several")
            before = before.reshape(-1, *[1] * (weight.ndim - 2))
        self.synapse, self.values, self.shape, self.flat = synapse, weight * before, shape, False

    def pool(self, kernel: tuple[int, int], stride: tuple[int, int], *, average: bool) -> None:
        """Sums or averages over windows."""
        if min(*kernel, *stride) < 1 or self.flat or len(self.shape) != 3:
            raise InvalidNetwork(f"expected a pool without padding on (C, H, W), got {kernel} on {self.shape}")
        share = 1.0 / prod(kernel) if average else 1.0
        if self.synapse is not None:
            self._pool_behind(kernel, stride, share)
        elif kernel == stride:
            self.shape = pooled_shape(self.shape, kernel)
            self.window = (self.window[0] * kernel[0], self.window[1] * kernel[1])
            self.values = self.values * share
        elif self.window != (1, 1):
            raise InvalidNetwork("expected one pool, got one with overlapping windows behind another")
        else:
            self.synapse = AvgPool2d(kernel, stride, 1.0)
            self.shape, self.values = self.synapse.output_shape(self.shape), self.values * share

    def _pool_behind(self, kernel: tuple[int, int], stride: tuple[int, int], share: float) -> None:
        """A pool behind a convolution becomes part of it."""
        if type(self.synapse) is not Conv2d:
            raise InvalidNetwork(
                f"expected a convolution or a neuron in front of the pool, got {type(self.synapse).__name__}"
            )
        rows, columns = ((n - p) // q + 1 for n, p, q in zip(self.shape[1:], kernel, stride, strict=True))
        if min(rows, columns) < 1:
            raise InvalidNetwork(f"expected a pool {kernel} that fits into {self.shape}")
        self.synapse, self.values = composed(self.synapse, self.values, kernel, stride, share)
        self.bias, self.shape = self.bias * share * prod(kernel), (self.shape[0], rows, columns)


def _along_rows(each: Reals, values: Reals) -> Reals:
    """One number for each row of `values`, so that it broadcasts."""
    return each.reshape(-1, *[1] * (values.ndim - 1))


def _filled(synapse: Any, values: Any) -> Any:
    """The synapse with its weights or its gain."""
    if synapse.weights is not None:
        return replace(synapse, weights=dense(np.ascontiguousarray(values)))
    return replace(synapse, gain=values if values.ndim else float(values))
