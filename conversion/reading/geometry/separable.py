"""Maps that are one matrix for the rows and one for the columns: bilinear enlarging, blurs, averages that end at borders."""

from dataclasses import dataclass, replace
from math import prod

import numpy as np
import torch
from torch import Tensor

from spikewright.conversion.reading.geometry.base import Geometry
from spikewright.conversion.reading.geometry.kernels import Kernel
from spikewright.conversion.reading.shapes import Floats, grid, ungrid
from spikewright.snn import Separable2d, Synapse
from spikewright.snn.neurons import PerChannel
from spikewright.snn.synapses import Pair, Shape

Stretches = tuple[tuple[int, int, float], ...]
"""For each output along an axis its inputs start..stop and the factor of their sum."""


@dataclass(frozen=True, eq=False)
class SeparableGeometry(Geometry):
    """Y = rows X columns^T in each channel; `rows (out rows, in rows)`, `columns (out columns, in columns)`.

    A sequence is a map of one row, and `rows` [[1]].
    """

    rows: Floats
    columns: Floats

    word = "map"
    in_mac_core = False
    in_products = True

    @classmethod
    def of_stretches(cls, rows: Stretches, columns: Stretches, shape: Shape) -> "SeparableGeometry":
        """Sums over windows of any size, each with a factor of its own, of maps of `shape`."""
        _, high, wide = grid(shape)
        return cls(_matrix(rows, high), _matrix(columns, wide))

    @classmethod
    def repeating(cls, factor: Pair, shape: Shape) -> "SeparableGeometry":
        """Each pixel repeated over a block of `factor` (rows, columns)."""
        rows, columns = (
            np.eye(size).repeat(times, axis=0) for size, times in zip(grid(shape)[1:], factor, strict=True)
        )
        return cls(rows, columns)

    def output_shape(self, shape: Shape) -> Shape:
        """What it makes of `shape`, `(C, H, W)` or `(C, L)`."""
        return ungrid((shape[0], len(self.rows), len(self.columns)), shape)

    def apply(self, x: Tensor, weights: Tensor) -> Tensor:
        """gain times rows X columns^T."""
        rows, columns = (torch.tensor(matrix).to(x) for matrix in (self.rows, self.columns))
        return torch.einsum("ih,nchw,jw->ncij", rows, x, columns) * weights

    def magnitudes(self) -> Geometry:
        """With the magnitude of every entry."""
        return replace(self, rows=np.abs(self.rows), columns=np.abs(self.columns))

    def synapse(self, weights: PerChannel, shape: Shape) -> Synapse:
        """`snn.Separable2d`."""
        return Separable2d(self.rows, self.columns, weights)

    def copies(self, kernel: Kernel | None) -> bool:
        """Whether both matrices have a single one in each row, or nothing."""
        both = (self.rows, self.columns)
        return all(bool(np.isin(one, (0, 1)).all() and (one.sum(axis=1) <= 1).all()) for one in both)

    @property
    def positive(self) -> bool:
        """Whether it makes no value below zero of values that are not."""
        return bool((self.rows >= 0).all() and (self.columns >= 0).all())

    def additions(self, kernel: Kernel | None, inside: Shape, outside: Shape) -> float:
        """Each pair of entries that are not zero once in every channel."""
        return float(prod(map(np.count_nonzero, (self.rows, self.columns)))) * outside[0]

    def behind(self, first: "SeparableGeometry") -> "SeparableGeometry":
        """This map of what `first` makes, as one."""
        return SeparableGeometry(_product(self.rows, first.rows), _product(self.columns, first.columns))

    def inside(self, border: tuple[int, int, int, int]) -> "SeparableGeometry":
        """The same of maps without `border`, rows and columns of zeros around them."""
        top, bottom, left, right = border
        (_, high), (_, wide) = self.rows.shape, self.columns.shape
        return SeparableGeometry(self.rows[:, top : high - bottom], self.columns[:, left : wide - right])


def _product(second: Floats, first: Floats) -> Floats:
    """second @ first; one of them itself where the other changes nothing: a sum of many terms keeps it once."""
    if _is_identity(first):
        return second
    return first if _is_identity(second) else second @ first


def _is_identity(matrix: Floats) -> bool:
    rows, columns = matrix.shape
    return rows == columns == np.count_nonzero(matrix) and bool((matrix.diagonal() == 1.0).all())


def _matrix(stretches: Stretches, size: int) -> Floats:
    matrix = np.zeros((len(stretches), size))
    for row, (start, stop, weight) in zip(matrix, stretches, strict=True):
        row[start:stop] = weight
    return matrix
