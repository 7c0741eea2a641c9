"""N of every M consecutive channels, each group as the number of its subset: ceil(log2 C(M, N)) bits.

The number of the subset p_1 < ... < p_N is sum_i C(p_i, i), the combinatorial number system. A group with fewer than N
weights stores zeros too. A shorter last group of k channels has ceil(N k / M).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spikewright.compress.storing.bits import pack, size, unpack

_GROUPS = (*range(2, 17), 32)
_AXES = ("output", "input")
Places = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Groups:
    """`n` of every `m` channels along `axis`, 0 for outputs and 1 for inputs of `(out, in, ...)`."""

    n: int
    m: int
    axis: int

    @classmethod
    def fitting(cls, nonzero: NDArray[np.bool_]) -> Iterator["Groups"]:
        """All that can store these weights and do not store them all."""
        for axis in range(min(nonzero.ndim, 2)):
            rows = np.moveaxis(nonzero, axis, 0).reshape(nonzero.shape[axis], -1).astype(np.uint8)
            for m in _GROUPS:
                groups = cls(_most(rows, m), m, axis) if len(rows) >= m else None
                if groups is not None and groups.n < m and groups._takes_rest(rows):
                    yield groups

    @property
    def name(self) -> str:
        return f"{self.n}:{self.m} {_AXES[self.axis]}"

    def stored(self, shape: tuple[int, ...]) -> int:
        """How many weights are stored."""
        return sum(count * n for count, _, n in self._parts(shape))

    def index_bits(self, shape: tuple[int, ...], stored: int) -> int:
        """The length of the index."""
        return sum(count * _width(k, n) for count, k, n in self._parts(shape))

    def places(self, nonzero: NDArray[np.bool_]) -> Places:
        """The flat places of the chosen channels, group by group."""
        chosen = []
        for where, flags, n in self._split(nonzero):
            order = np.argsort(~flags, axis=1, kind="stable")[:, :n]
            chosen.append(np.take_along_axis(where, np.sort(order, axis=1), 1).reshape(-1))
        return np.concatenate(chosen)

    def index(self, places: Places, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """The numbers of the subsets."""
        flags = np.zeros(int(np.prod(shape)), np.bool_)
        flags[places] = True
        packed = []
        for _, group, n in self._split(flags.reshape(shape)):
            order = np.nonzero(group)[1].reshape(len(group), n)
            k = group.shape[1]
            numbers = np.zeros(len(group), np.int64)
            for i in range(n):
                numbers += _table(k, i + 1)[order[:, i]]
            packed.append(pack(numbers, _width(k, n)))
        return np.concatenate(packed)

    def read(self, index: NDArray[np.uint8], shape: tuple[int, ...], stored: int) -> Places:
        """The places of numbered subsets. Raises ValueError for a number that no subset has."""
        found, start = [], 0
        for where, group, n in self._split(np.zeros(shape, np.bool_)):
            width = _width(group.shape[1], n)
            numbers = unpack(index[start:], width, len(group))
            start += size(len(group) * width)
            found.append(np.take_along_axis(where, _subsets(numbers, group.shape[1], n), 1).reshape(-1))
        return np.concatenate(found)

    def _parts(self, shape: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
        """(groups, channels of each, weights of each): the full groups, then the shorter last ones."""
        channels = shape[self.axis]
        rest, places = channels % self.m, int(np.prod(shape)) // channels
        yield channels // self.m * places, self.m, self.n
        if rest:
            yield places, rest, self._of(rest)

    def _split(self, flags: NDArray[np.bool_]) -> Iterator[tuple[Places, NDArray[np.bool_], int]]:
        """For full and shorter groups: flat places and flags `(groups, channels)`, and how many each stores."""
        channels = flags.shape[self.axis]
        moved = np.moveaxis(flags, self.axis, 0).reshape(channels, -1)
        where = np.moveaxis(np.arange(flags.size).reshape(flags.shape), self.axis, 0).reshape(channels, -1)
        full = channels - channels % self.m
        for part, k in ((slice(0, full), self.m), (slice(full, channels), channels - full)):
            if k:
                yield _grouped(where[part], k), _grouped(moved[part], k), self._of(k)

    def _of(self, k: int) -> int:
        return -(-self.n * k // self.m)

    def _takes_rest(self, rows: NDArray[np.uint8]) -> bool:
        rest = len(rows) % self.m
        return rest == 0 or int(rows[-rest:].sum(0).max()) <= self._of(rest)


def groups_of(name: str) -> Groups:
    """The groups of that name. Raises ValueError for none."""
    ratio, _, axis = name.partition(" ")
    n, _, m = ratio.partition(":")
    if axis not in _AXES or not n.isdecimal() or not m.isdecimal() or not 0 <= int(n) < int(m) or int(m) not in _GROUPS:
        raise ValueError(f"no way of storing weights called {name!r}")
    return Groups(int(n), int(m), _AXES.index(axis))


def _most(rows: NDArray[np.uint8], m: int) -> int:
    """The most weights in one full group of `m` rows of `(channels, places)`."""
    full = len(rows) // m
    return int(rows[: full * m].reshape(full, m, -1).sum(1, dtype=np.uint8).max())


def _grouped(rows: NDArray[T], k: int) -> NDArray[T]:
    return rows.reshape(-1, k, rows.shape[1]).swapaxes(1, 2).reshape(-1, k)


def _width(k: int, n: int) -> int:
    return (comb(k, n) - 1).bit_length()


def _table(k: int, i: int) -> NDArray[np.int64]:
    return np.array([comb(p, i) for p in range(k)], np.int64)


def _subsets(numbers: NDArray[np.int64], k: int, n: int) -> NDArray[np.int64]:
    """The subsets `(groups, n)` of those numbers, ascending."""
    if len(numbers) and int(numbers.max()) >= comb(k, n):
        raise ValueError(f"a group numbered {int(numbers.max())} of {comb(k, n)}")
    chosen = np.zeros((len(numbers), n), np.int64)
    for i in range(n, 0, -1):
        table = _table(k, i)
        chosen[:, i - 1] = np.searchsorted(table, numbers, side="right") - 1
        numbers = numbers - table[chosen[:, i - 1]]
    return chosen
