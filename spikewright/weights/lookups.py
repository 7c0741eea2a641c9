"""Shared weights: a small table of values, and for each weight the number of its entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression, Shape, node
from spikewright.weights.factors import Factors
from spikewright.weights.leaf import Leaf, expression


@node
@dataclass(frozen=True, eq=False)
class Lookup(Expression):
    """W = table[index]: `table (k, ...)`, `index` integers below k, the shape that of the index and then that of an entry.

    A table `(k,)` shares single weights (k-means; Han et al., arXiv 1510.00149), a table `(k, d)` runs of d of them (product
    quantisation), which a `Reshape` puts into the shape of the layer. Signed integers become unsigned ones of as few bits as
    number the entries.
    """

    roles: ClassVar[Mapping[str, str]] = {"index": "indices", "table": "tables"}
    table: Expression
    index: Expression

    def __init__(self, table: Any, index: Any) -> None:
        object.__setattr__(self, "table", expression(table))
        object.__setattr__(self, "index", expression(index))
        if self.index.real:
            raise InvalidWeights(f"expected integers as indices of weights, got real numbers {self.index.shape}")
        if not self.table.shape:
            raise InvalidWeights(f"expected a table (k,) or (k, d), got shape {self.table.shape}")
        numbers, entries = self.index.values(), self.table.shape[0]
        if numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) < entries:
            raise InvalidWeights(f"expected indices below {entries}, got {numbers.min()} to {numbers.max()}")
        if isinstance(self.index, Leaf) and self.index.signed:
            object.__setattr__(self, "index", as_index(self.index.array, entries))

    @property
    def shape(self) -> Shape:
        return (*self.index.shape, *self.table.shape[1:])

    @property
    def real(self) -> bool:
        return self.table.real

    @property
    def told(self) -> str:
        return f"codebook of {self.table.shape[0]}"

    def numbers(self) -> Array:
        return np.asarray(self.table.numbers()[self.index.numbers()])

    def scaled(self, factors: Factors) -> Expression | None:
        single = factors.single
        if single is None or single.ndim or not self.real:
            return super().scaled(factors)
        table = self.table.scaled(Factors.of(single, 1.0, self.table.shape))
        return super().scaled(factors) if table is None else Lookup(table, self.index)

    def refilled(self, values: Array) -> Expression:
        """One new value for each entry keeps the index; else the values that differ are the new table."""
        index = self.index.values().reshape(-1)
        rows = values.reshape(index.size, *self.table.shape[1:])
        table = np.zeros(self.table.shape, values.dtype)
        table[index] = rows
        if np.array_equal(table[index], rows):
            return Lookup(Leaf(table), self.index)
        table, index = np.unique(rows, axis=0, return_inverse=True)
        return Lookup(Leaf(table), as_index(index.reshape(self.index.shape), len(table)))

    def reshaped(self, shape: Shape) -> Expression:
        return Lookup(self.table, self.index.reshaped(shape)) if len(self.table.shape) == 1 else super().reshaped(shape)


def as_index(index: Array, entries: int) -> Leaf:
    """Integers below `entries` in the smallest unsigned type, stored in as few bits as number the entries."""
    if index.size and not 0 <= int(index.min()) <= int(index.max()) < entries:
        raise InvalidWeights(f"expected indices below {entries}, got {index.min()} to {index.max()}")
    return Leaf(index.astype(np.min_scalar_type(max(entries - 1, 0))), max(entries, 1))
