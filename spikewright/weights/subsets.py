"""N of every M consecutive channels, each group as the number of its subset: ceil(log2 C(M, N)) bits.

The number of the subset p_1 < ... < p_N is sum_i C(p_i, i), the combinatorial number system. A group with fewer than N
weights stores zeros too. A shorter last group of k channels has ceil(N k / M).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import comb
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spikewright.weights.factors import count
from spikewright.weights.layouts import Layout, Places, Shape, Whole, unfolded

_GROUPS = (*range(2, 17), 32)
_AXES = ("output", "input")
_SAMPLED = 256
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class SubsetLayout(Layout):
    """`n` of every `m` channels along `axis`, 0 for outputs and 1 for inputs of `(out, in, ...)`."""

    n: int
    m: int
    axis: int

    @classmethod
    def fitting(
        cls, kept: NDArray[np.bool_], worth: Callable[["SubsetLayout"], bool] = lambda layout: True
    ) -> Iterator["SubsetLayout"]:
        """All that can store these weights and do not store them all.

        `worth` is asked first, about a layout that stores no more: a few places tell how many weights a group has at least.
        """
        for axis in range(min(kept.ndim, 2)):
            rows = np.moveaxis(kept, axis, 0).reshape(kept.shape[axis], -1).astype(np.uint8)
            few = np.ascontiguousarray(rows[:, :: max(1, rows.shape[1] // _SAMPLED)])
            for m in (m for m in _GROUPS if m <= len(rows)):
                least = cls(_most(few, m), m, axis)
                groups = cls(_most(rows, m), m, axis) if least.n < m and worth(least) else least
                if groups.n < m and worth(groups) and groups._takes_rest(rows):
                    yield groups

    @property
    def name(self) -> str:
        return f"{self.n}:{self.m} {_AXES[self.axis]}"

    def stored(self, shape: Shape) -> int:
        """How many weights are stored."""
        return sum(groups * n for groups, _, n in self._parts(shape))

    def index_sizes(self, shape: Shape, stored: int) -> tuple[tuple[int, int], ...]:
        """Full groups and the shorter last ones: how many, and the bits that number the subsets of one."""
        return tuple((groups, _width(k, n)) for groups, k, n in self._parts(shape))

    def tells(self, places: Places, shape: Shape) -> bool:
        """Whether every group has as many as it stores."""
        if not count(shape) or len(shape) <= self.axis:
            return False
        return all(bool((flags.sum(1) == n).all()) for _, flags, n in self._split(unfolded(places, shape)))

    def places(self, kept: NDArray[np.bool_]) -> Places:
        """The flat places of the chosen channels, group by group."""
        chosen = []
        for where, flags, n in self._split(kept):
            order = np.argsort(~flags, axis=1, kind="stable")[:, :n]
            chosen.append(np.take_along_axis(where, np.sort(order, axis=1), 1).reshape(-1))
        return np.concatenate(chosen)

    def words(self, places: Places, shape: Shape) -> tuple[tuple[NDArray[np.int64], int], ...]:
        """The numbers of the subsets, and their width: of the full groups, then of the shorter last ones."""
        groups = self._split(unfolded(places, shape))
        return tuple((_numbers(group, n), _width(group.shape[1], n)) for _, group, n in groups)

    def read(self, words: Sequence[Whole], shape: Shape) -> Places:
        """The places of numbered subsets. Raises ValueError for a number that no subset has."""
        found = []
        for numbers, (where, group, n) in zip(words, self._split(np.zeros(shape, np.bool_)), strict=True):
            found.append(np.take_along_axis(where, _subsets(numbers, group.shape[1], n), 1).reshape(-1))
        return np.concatenate(found)

    def _parts(self, shape: Shape) -> Iterator[tuple[int, int, int]]:
        """(groups, channels of each, weights of each): the full groups, then the shorter last ones."""
        channels = shape[self.axis]
        rest, places = channels % self.m, count(shape) // channels
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


def subsets_of(name: str) -> SubsetLayout:
    """The layout of that name. Raises ValueError for none."""
    ratio, _, axis = name.partition(" ")
    n, _, m = ratio.partition(":")
    if axis not in _AXES or not n.isdecimal() or not m.isdecimal() or not 0 <= int(n) < int(m) or int(m) not in _GROUPS:
        raise ValueError(f"no layout called {name!r}")
    return SubsetLayout(int(n), int(m), _AXES.index(axis))


def _most(rows: NDArray[np.uint8], m: int) -> int:
    """The most weights in one full group of `m` rows of `(channels, places)`."""
    full = len(rows) // m
    return int(rows[: full * m].reshape(full, m, -1).sum(1, dtype=np.uint8).max())


def _grouped(rows: NDArray[T], k: int) -> NDArray[T]:
    return rows.reshape(-1, k, rows.shape[1]).swapaxes(1, 2).reshape(-1, k)


def _width(k: int, n: int) -> int:
    return (comb(k, n) - 1).bit_length()


def _numbers(flags: NDArray[np.bool_], n: int) -> NDArray[np.int64]:
    """The number of each subset `(groups, channels)` of n channels."""
    order = np.nonzero(flags)[1].reshape(len(flags), n)
    numbers = np.zeros(len(flags), np.int64)
    for i in range(n):
        numbers += _table(flags.shape[1], i + 1)[order[:, i]]
    return numbers


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
