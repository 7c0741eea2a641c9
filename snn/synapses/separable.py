"""A linear map between maps that is one small matrix for the rows and one for the columns, the same for every channel."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.checked import check_numbers
from spikewright.snn.neurons import PerChannel
from spikewright.snn.synapses.record import Matrix, Shape, Synapse

FINEST = 255
"""The largest entry of a matrix in integers, where no smaller one makes all of them whole."""


@dataclass(frozen=True, eq=False)
class Separable2d(Synapse):
    """S[c, y, x] = sum over i, j of w[c, y, x, i, j] in[c, i, j], w = gain[c] rows[y, i] columns[x, j] rounded to float32 once.

    `rows (out rows, in rows)`, `columns (out columns, in columns)`: bilinear enlarging, blurs, averages whose windows differ at
    the borders. `gain` scalar or `(channels,)`. In fixed point all three are integers. A synaptic operation is counted for each w
    that is not zero. A sequence `(C, L)` is a map of one row: `rows` is [[1]].
    """

    matrices = ("rows", "columns")

    rows: Matrix = field()
    columns: Matrix = field()
    gain: PerChannel = 1.0

    @property
    def sides(self) -> tuple[int, int]:
        """Sums of all positive products of a row and a column, and of all negative ones, each at its largest."""
        (up, down), (right, left) = (_signs(matrix) for matrix in (self.rows, self.columns))
        with_gain = np.multiply.outer(up, right) + np.multiply.outer(down, left)
        against = np.multiply.outer(up, left) + np.multiply.outer(down, right)
        return int(with_gain.max()), int(against.max())

    def in_integers(self) -> tuple["Separable2d", float]:
        """The same with whole matrices of entries up to 255, and the largest error of an entry beside the largest entry."""
        (rows, first, one), (columns, second, other) = (_whole(matrix) for matrix in (self.rows, self.columns))
        gain: Any = np.asarray(self.gain, np.float64) / (first * second)
        return replace(self, rows=rows, columns=columns, gain=gain if gain.ndim else float(gain)), one + other

    def _shape(self, shape: Shape) -> Shape:
        if len(shape) not in (2, 3):
            raise InvalidNetwork(f"expected an input (C, H, W) or (C, L) for Separable2d, got {shape}")
        for name, inside in zip(self.matrices, (1, *shape[1:])[-2:], strict=True):
            matrix = getattr(self, name)
            if matrix.ndim != 2 or not matrix.size or matrix.shape[1] != inside:
                raise InvalidNetwork(
                    f"expected {name} of Separable2d (outputs, {inside}) for {shape}, got {matrix.shape}"
                )
            check_numbers(matrix, f"{name} of Separable2d")
        if len(shape) == 2 and len(self.rows) != 1:
            raise InvalidNetwork(f"expected one row for a sequence {shape}, got rows of {self.rows.shape}")
        return (shape[0], *(len(self.rows), len(self.columns))[3 - len(shape) :])


def _signs(matrix: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each output the sum of the positive entries, and that of the negative ones as a number >= 0."""
    return matrix.clip(min=0).sum(axis=1), -matrix.clip(max=0).sum(axis=1)


def _whole(matrix: NDArray[Any]) -> tuple[NDArray[np.int64], float, float]:
    """The matrix times a factor in integers, the factor, and the largest error beside the largest entry."""
    largest = float(np.abs(matrix).max()) or 1.0
    for top in range(1, FINEST + 1):
        exact = matrix * (top / largest)
        error = float(np.abs(np.round(exact) - exact).max())
        if error <= 1e-6 * top:
            break
    return np.round(exact).astype(np.int64), top / largest, error / top if error > 1e-6 * top else 0.0
