"""Kernels: the weights of a layer, and the same numbers without the gaps and the groups of a convolution."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.shapes import Floats
from spikewright.snn.synapses import Pair


@dataclass(frozen=True, eq=False)
class Kernel:
    """The weights of a layer: float64 `values (out, ...)`, or int8 with a positive `scale (out,)`."""

    values: NDArray[Any]
    scale: Floats | None = None

    @property
    def integer(self) -> bool:
        """True when the weights are integers times a scale."""
        return self.scale is not None

    def real(self) -> Floats:
        """values * scale, float64 `(out, ...)`."""
        values = self.values.astype(np.float64)
        return values if self.scale is None else values * self.scale.reshape(-1, *[1] * (values.ndim - 1))

    def rows(self, start: int, stop: int) -> "Kernel":
        """The kernels of the output channels start..stop."""
        return Kernel(self.values[start:stop], None if self.scale is None else self.scale[start:stop])


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
