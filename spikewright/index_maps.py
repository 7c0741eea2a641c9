"""Order and selection as one value: where each number of a tensor comes from.

y = x[:, [2, 0]]            addresses [2, 0]
y = x.reshape(2, 3).T       addresses [[0, 3], [1, 4], [2, 5]]
y = pad(x, 1)               addresses [-1, 0, 1, 2, -1], constants 0
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.read_only import constant

Shape = tuple[int, ...]
Addresses = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class IndexMap:
    """y of the shape of `addresses`: y[t] = x.ravel()[addresses[t]], and `constants[t]` where the address is -1.

    `source`: the shape of x, without the batch. `constants`: float64, zero wherever x is read.
    """

    source: Shape
    addresses: Addresses
    constants: NDArray[np.float64]

    def __repr__(self) -> str:
        return f"IndexMap({self.source} -> {self.shape})"

    @classmethod
    def of(cls, source: Shape, addresses: NDArray[Any]) -> "IndexMap":
        """A map without constants other than zero."""
        return cls(source, addresses.astype(np.int64), np.zeros(addresses.shape))

    @classmethod
    def identity(cls, source: Shape) -> "IndexMap":
        """y = x."""
        return cls.of(source, np.arange(prod(source)).reshape(source))

    @classmethod
    def seen(cls, source: Shape, once: NDArray[Any], again: NDArray[Any]) -> "IndexMap | None":
        """The map that made `once` of the numbers 1, 2, 3, ... and `again` of -1, -2, -3, ...; None where it did more than
        move numbers.

        What is the same both times is a constant.
        """
        read = once != again
        moved = np.array_equal(once[read], -again[read]) and np.array_equal(once[read], np.round(once[read]))
        if not moved or not np.all((once[read] >= 1) & (once[read] <= prod(source))):
            return None
        addresses = np.where(read, once, 0.0).astype(np.int64) - 1
        return cls(source, addresses, np.where(read, 0.0, once).astype(np.float64))

    @property
    def shape(self) -> Shape:
        """The shape of y."""
        return self.addresses.shape

    @property
    def in_order(self) -> bool:
        """Whether y has all numbers of x in their order, in whatever shape."""
        flat = self.addresses.ravel()
        return flat.size == prod(self.source) and np.array_equal(flat, np.arange(flat.size))

    @property
    def one_to_one(self) -> bool:
        """Whether y has each number of x once, and no constants."""
        flat = self.addresses.ravel()
        return flat.size == prod(self.source) and np.array_equal(np.sort(flat), np.arange(flat.size))

    @property
    def constant(self) -> bool:
        """Whether a place of y is a constant other than zero."""
        return bool(self.constants.any())

    @property
    def size(self) -> int:
        """How many numbers y has."""
        return self.addresses.size

    def read_only(self) -> "IndexMap":
        """The same map, whose arrays nobody can write to."""
        return IndexMap(self.source, constant(self.addresses), constant(self.constants))

    def places(self) -> tuple[Addresses, Addresses]:
        """Where each number of x goes: x[i] stands at `target[first[i]:first[i + 1]]` of y, row-major; `first`, `target`."""
        flat = self.addresses.ravel()
        ordered = np.argsort(flat, kind="stable")[np.count_nonzero(flat < 0) :]
        return np.searchsorted(flat[ordered], np.arange(prod(self.source) + 1)), ordered

    def inverse(self) -> "IndexMap":
        """The map back, of one that is `one_to_one`: x of y."""
        return IndexMap.of(self.shape, np.argsort(self.addresses.ravel()).reshape(self.source))

    def then(self, other: "IndexMap") -> "IndexMap":
        """other(self(x)). Shapes between them need only be of one size: both count row-major."""
        inner, places = self.addresses.ravel(), other.addresses
        read = places >= 0
        addresses = np.where(read, inner[places], -1)
        constants = np.where(read, self.constants.ravel()[places], other.constants)
        return IndexMap(self.source, addresses, constants)

    def reshaped(self, shape: Shape) -> "IndexMap":
        """The same numbers, row-major, in another shape."""
        return IndexMap(self.source, self.addresses.reshape(shape), self.constants.reshape(shape))

    def over(self, source: Shape) -> "IndexMap":
        """The same places of an x that has another shape, row-major."""
        return IndexMap(source, self.addresses, self.constants)

    def apply(self, x: NDArray[Any]) -> NDArray[Any]:
        """y for x of the shape `source`."""
        read = self.addresses >= 0
        return np.where(read, x.ravel()[self.addresses], self.constants)


def beside(maps: tuple[IndexMap, ...]) -> IndexMap:
    """What maps of one x make, side by side along the first axis."""
    addresses, constants = ([getattr(one, name) for one in maps] for name in ("addresses", "constants"))
    return IndexMap(maps[0].source, np.concatenate(addresses), np.concatenate(constants))


@dataclass(frozen=True, eq=False)
class ChannelSlices:
    """y[c, i, j] = x[channels[c], rows[c] + i step[0], columns[c] + j step[1]]; `channels[c]` is -1 for a constant channel.

    `whole`: the pixels of each channel stay where they are, and all of them do.
    """

    channels: Addresses
    rows: Addresses
    columns: Addresses
    step: tuple[int, int]
    whole: bool


def channel_slices(found: IndexMap, source: tuple[int, int, int], shape: tuple[int, int, int]) -> ChannelSlices | None:
    """A map as slices of whole channels, of x as `(C, H, W)` = `source` and y as `shape`; None where it is not.

    A row that is alone is taken to be the first of as long a step as there is.
    """
    addresses, (_, high, wide) = found.addresses.reshape(shape), source
    first = addresses[:, 0, 0]
    kept = np.flatnonzero(first >= 0)
    if kept.size == 0:
        return None
    block = addresses[kept[0]]
    down = int(block[1, 0] - block[0, 0]) if shape[1] > 1 else high * wide
    across = int(block[0, 1] - block[0, 0]) if shape[2] > 1 else wide
    if down % wide or down <= 0 or across <= 0:
        return None
    offsets = down * np.arange(shape[1])[:, None] + across * np.arange(shape[2])
    wanted = np.where(first[:, None, None] >= 0, first[:, None, None] + offsets, -1)
    channels, rows, columns = np.unravel_index(np.maximum(first, 0), source)
    step = (down // wide, across)
    inside = np.all(rows + step[0] * (shape[1] - 1) < high) and np.all(columns + step[1] * (shape[2] - 1) < wide)
    if not inside or not np.array_equal(addresses, wanted):
        return None
    whole = step == (1, 1) and shape[1:] == source[1:] and not rows.any() and not columns.any()
    return ChannelSlices(np.where(first >= 0, channels, -1), rows, columns, step, whole)
