"""The linear map behind the output neurons of a network: what a model does last, applied to the numbers that are read out.

A layer of 10 numbers in front of one of 1,000: 10 neurons, and a Tail of a matrix (1000, 10)
classes of 8 x 8 pixels enlarged to 64 x 64: neurons of the small map, and a Tail of two matrices (64, 8)
"""

from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.errors import InvalidInput
from spikewright.read_only import constant

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tail:
    """y = channels (rows X columns^T) + bias, for X of shape `source` = (C, H, W), a vector being (N, 1, 1).

    rows `(H', H)` and columns `(W', W)` act in each channel, channels `(C', C)` on all of them; None leaves the axis as it is.
    bias: one number, or `(C', H', W')`. All are float64, in the units of the model. Two tails are equal when their numbers are.
    Raises InvalidInput for numbers that are not finite or do not fit each other.
    """

    source: tuple[int, int, int]
    channels: Matrix | None = None
    rows: Matrix | None = None
    columns: Matrix | None = None
    bias: Matrix = field(default_factory=lambda: np.zeros(()))

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", tuple(self.source))
        for name, given in zip(("channels", "rows", "columns", "bias"), self.matrices, strict=True):
            if given is not None:
                object.__setattr__(self, name, constant(np.asarray(given, dtype=np.float64)))
        self._check()

    def __reduce__(self) -> tuple[Any, ...]:
        return Tail, (self.source, *self.matrices)

    @property
    def matrices(self) -> tuple[Matrix | None, ...]:
        """All its numbers: those for channels, rows and columns, and the bias."""
        return (self.channels, self.rows, self.columns, self.bias)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of y, (C', H', W')."""
        high = (size if one is None else len(one) for size, one in zip(self.source, self.matrices[:3], strict=True))
        channels, rows, columns = high
        return channels, rows, columns

    def apply(self, values: Any) -> Any:
        """y of numbers `(..., C H W)`, `(..., C' H' W')`: float64 of an array, differentiable of a tensor of torch."""
        torch_like = not isinstance(values, np.ndarray)
        channels, rows, columns, bias = (
            values.new_tensor(one) if torch_like and one is not None else one for one in self.matrices
        )
        y = values.reshape(-1, *self.source)
        y = y if rows is None else rows @ y
        y = y if columns is None else y @ columns.T
        if channels is not None:
            y = channels @ y.reshape(len(y), self.source[0], -1)
        y = y.reshape(len(y), *self.shape) + bias
        return y.reshape(*values.shape[:-1], prod(self.shape))

    def behind(self, first: "Tail") -> "Tail":
        """This map of what `first` makes, as one."""
        pairs = zip(self.matrices[:3], first.matrices[:3], strict=True)
        channels, rows, columns = (_product(last, one) for last, one in pairs)
        whole = np.broadcast_to(first.bias, first.shape).reshape(-1)
        bias = self.apply(whole).reshape(self.shape) if first.bias.any() else self.bias
        return Tail(first.source, channels, rows, columns, bias)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tail) or self.source != other.source:
            return False
        return all(map(_equal, self.matrices, other.matrices))

    def __hash__(self) -> int:
        return hash((self.source, self.shape))

    def _check(self) -> None:
        if len(self.source) != 3 or not all(isinstance(size, int) and size > 0 for size in self.source):
            raise InvalidInput(f"expected the shape (C, H, W) of what a tail reads, got {self.source!r}")
        for size, matrix in zip(self.source, self.matrices[:3], strict=True):
            if matrix is not None and (matrix.ndim != 2 or matrix.shape[1] != size or not len(matrix)):
                raise InvalidInput(f"expected a matrix (outputs, {size}) of a tail, got shape {matrix.shape}")
        if self.bias.shape not in ((), self.shape):
            raise InvalidInput(
                f"expected the bias of a tail of shape {self.shape} or one number, got {self.bias.shape}"
            )
        if not all(np.isfinite(one).all() for one in self.matrices if one is not None):
            raise InvalidInput("expected finite numbers in a tail, got NaN or infinity")


def _product(last: Matrix | None, first: Matrix | None) -> Matrix | None:
    return first if last is None else last if first is None else last @ first


def _equal(one: Matrix | None, other: Matrix | None) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other)
