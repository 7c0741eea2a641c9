"""Kernels: the weights of a layer, and the same numbers without the gaps and the groups of a convolution."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.shapes import Floats
from spikewright.snn.synapses import Pair
from spikewright.weights import Expression, reshaped, unscaled

SPARSE = 8
"""Values of more than so many times the numbers that they are made of are zeros for the most part, and not kept."""


@dataclass(frozen=True, eq=False)
class Sparse:
    """Values that are mostly zeros, such as a depthwise kernel over a slice of the channels, as what writes them out."""

    shape: tuple[int, ...]
    write: Callable[[], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Kernel:
    """The weights of a layer: real `values (out, ...)`, or int8 with a positive `scale (out,)`.

    Real ones are those of a model in its float32, or float64 where something was folded into them.
    `held`: the values, or what writes them out each time they are asked for.
    `stored`: how a Compressed stores the layer that they come from; who changes the numbers need not take it away.
    """

    held: NDArray[Any] | Sparse
    scale: Floats | None = None
    stored: Expression | None = None

    @classmethod
    def of(cls, stored: Expression) -> "Kernel":
        """The numbers of an expression: integers and their scale where it has them, else real ones."""
        base, scale = unscaled(stored)
        if scale is None or base.real:
            return cls(stored.values(), None, stored)
        return cls(base.values(), scale.astype(np.float64), stored)

    @property
    def values(self) -> NDArray[Any]:
        """The numbers `(out, ...)`, without the scale."""
        return self.held.write() if isinstance(self.held, Sparse) else self.held

    @property
    def shape(self) -> tuple[int, ...]:
        """That of `values`, known without them."""
        return self.held.shape

    @property
    def integer(self) -> bool:
        """True when the weights are integers times a scale."""
        return self.scale is not None

    @property
    def place(self) -> Hashable:
        """What two kernels have in common that are the same numbers in memory, while these are kept."""
        seen = self.held
        if self.integer or self.stored is not None:
            return self
        return seen if isinstance(seen, Sparse) else (seen.ctypes.data, seen.shape, seen.strides, seen.dtype)

    @property
    def kept(self) -> Expression | None:
        """How these very numbers are stored, in their shape; None where they are others by now, or were never stored."""
        if self.stored is None or self.stored.size != prod(self.shape):
            return None
        same = reshaped(self.stored, self.shape)
        wanted = self.real().astype(np.float32)
        return same if np.array_equal(same.values(), wanted) else None

    @property
    def shared(self) -> bool:
        """Whether several weights are stored as one real number, or are computed from a few of them."""
        return self.stored is not None and not self.integer and not self.stored.elementwise

    def real(self) -> Floats:
        """values * scale, float64 `(out, ...)`."""
        values = self.values.astype(np.float64)
        if self.scale is not None:
            values *= self.scale.reshape(-1, *[1] * (values.ndim - 1))
        return values

    def changed(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> "Kernel":
        """The kernel whose values are `change` of these; they are not kept where they are many times as many."""
        made = change(self.values)
        if isinstance(self.held, Sparse) or made.size > SPARSE * self.held.size:
            return replace(self, held=Sparse(made.shape, lambda: change(self.values)))
        return replace(self, held=made)

    def rows(self, start: int, stop: int) -> "Kernel":
        """The kernels of the output channels start..stop."""
        scale = None if self.scale is None else self.scale[start:stop]
        return Kernel(self.changed(lambda values: values[start:stop]).held, scale)


def dilated(values: Floats, dilation: Pair) -> Floats:
    """A kernel `(out, in, rows, columns)` with the gaps of its dilation filled with zeros."""
    if dilation == (1, 1):
        return values
    rows, columns = ((size - 1) * step + 1 for size, step in zip(values.shape[2:], dilation, strict=True))
    result = np.zeros((*values.shape[:2], rows, columns), values.dtype)
    result[:, :, :: dilation[0], :: dilation[1]] = values
    return result


def ungrouped(values: Floats, groups: int) -> Floats:
    """The kernel of a grouped convolution as one of a single group, with zeros between."""
    if groups == 1:
        return values
    out, width = values.shape[0] // groups, values.shape[1]
    dense = np.zeros((values.shape[0], width * groups, *values.shape[2:]), values.dtype)
    for group in range(groups):
        rows = slice(group * out, (group + 1) * out)
        dense[rows, group * width : (group + 1) * width] = values[rows]
    return dense
