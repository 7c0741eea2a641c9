"""How pruned weights lie in memory: which places are stored, and what says so.

One choice for the file, the footprint and the hardware. A layout has a name, the places that it stores of those that survive
(flat; all survivors, and sometimes zeros among them), and index memories that give the places back:

    dense         every place; no index
    bitmap        the survivors; one bit for each weight
    block<b>      b consecutive output channels at one place together, b = 8, 16, 32; one bit for each block
    gap<w>        each with a w-bit count of the zeros before it; a longer run stores zeros (Han et al., arXiv 1510.00149)
    <n>:<m> axis  n of every m consecutive channels of "output" or "input"; for each group the number of its subset
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.weights.factors import count
from spikewright.weights.packing import pack, size, unpack

Flags = NDArray[np.bool_]
Places = NDArray[Any]
Bytes = NDArray[np.uint8]
Shape = tuple[int, ...]
Whole = NDArray[np.int64]
Words = tuple[tuple[NDArray[Any], int], ...]
BLOCKS = (8, 16, 32)


class Layout(ABC):
    """One way of storing weights `(out, ...)`."""

    @property
    @abstractmethod
    def name(self) -> str:
        """As in files and tables."""

    @abstractmethod
    def places(self, kept: Flags) -> Places:
        """The flat places that are stored, all of `kept` among them, in the order in which their weights lie."""

    @abstractmethod
    def index_sizes(self, shape: Shape, stored: int) -> tuple[tuple[int, int], ...]:
        """How many words each index memory has, and their width."""

    @abstractmethod
    def words(self, places: Places, shape: Shape) -> Words:
        """The words of each index memory that tells `places`, and their width."""

    @abstractmethod
    def read(self, words: Sequence[Whole], shape: Shape) -> Places:
        """The places that the words tell, in the order of `places`. Raises ValueError for words that tell none."""

    def tells(self, places: Places, shape: Shape) -> bool:
        """Whether the index can tell these places, ascending, and no others."""
        return np.array_equal(np.sort(self.places(unfolded(places, shape))), places)

    def index_bits(self, shape: Shape, stored: int) -> int:
        """The length of the index."""
        return sum(words * width for words, width in self.index_sizes(shape, stored))

    def index(self, places: Places, shape: Shape) -> Bytes:
        """The index in bytes, its memories one after another."""
        packed = (pack(words, width) for words, width in self.words(places, shape))
        return np.concatenate([np.zeros(0, np.uint8), *packed])

    def read_index(self, packed: Bytes, shape: Shape, stored: int) -> Places:
        """The places that the bytes of `index` tell. Raises ValueError for bytes that tell none."""
        words, start = [], 0
        for number, width in self.index_sizes(shape, stored):
            words.append(unpack(packed[start:], width, number))
            start += size(number * width)
        return self.read(words, shape)


def unfolded(places: Places, shape: Shape) -> Flags:
    """True at the flat places of an array of `shape`."""
    flags = np.zeros(count(shape), np.bool_)
    flags[places] = True
    return flags.reshape(shape)


@dataclass(frozen=True)
class DenseLayout(Layout):
    """All weights, no index."""

    name = "dense"

    def places(self, kept: Flags) -> Places:
        return np.arange(kept.size)

    def index_sizes(self, shape: Shape, stored: int) -> tuple[tuple[int, int], ...]:
        return ()

    def words(self, places: Places, shape: Shape) -> Words:
        return ()

    def read(self, words: Sequence[Whole], shape: Shape) -> Places:
        return np.arange(count(shape))

    def tells(self, places: Places, shape: Shape) -> bool:
        return len(places) == count(shape)


@dataclass(frozen=True)
class BitmapLayout(Layout):
    """One bit for each weight, then those that survive."""

    name = "bitmap"

    def places(self, kept: Flags) -> Places:
        return np.flatnonzero(kept)

    def index_sizes(self, shape: Shape, stored: int) -> tuple[tuple[int, int], ...]:
        return ((count(shape), 1),)

    def words(self, places: Places, shape: Shape) -> Words:
        return ((unfolded(places, shape).reshape(-1).astype(np.uint8), 1),)

    def read(self, words: Sequence[Whole], shape: Shape) -> Places:
        return np.flatnonzero(words[0])

    def tells(self, places: Places, shape: Shape) -> bool:
        return True


@dataclass(frozen=True)
class BlockLayout(Layout):
    """One bit for each block of consecutive output channels at one place, then the blocks that are not all zero."""

    block: int

    @property
    def name(self) -> str:
        return f"block{self.block}"

    def places(self, kept: Flags) -> Places:
        return self._places(used_blocks(kept, self.block)[0], kept.shape)

    def index_sizes(self, shape: Shape, stored: int) -> tuple[tuple[int, int], ...]:
        return ((-(-shape[0] // self.block) * count(shape[1:]), 1),)

    def words(self, places: Places, shape: Shape) -> Words:
        return ((used_blocks(unfolded(places, shape), self.block)[0].reshape(-1).astype(np.uint8), 1),)

    def read(self, words: Sequence[Whole], shape: Shape) -> Places:
        return self._places(words[0].reshape(-1, count(shape[1:])).astype(np.bool_), shape)

    def _places(self, used: Flags, shape: Shape) -> Places:
        return np.flatnonzero(used.repeat(self.block, axis=0)[: shape[0]])


@dataclass(frozen=True)
class GapLayout(Layout):
    """Each stored weight with the number of zeros before it; a longer run of zeros stores zeros in between."""

    width: int

    @property
    def name(self) -> str:
        return f"gap{self.width}"

    def places(self, kept: Flags) -> Places:
        survivors = np.flatnonzero(kept)
        before = np.diff(survivors, prepend=-1) - 1
        fillers = before >> self.width
        starts = np.repeat(survivors - before - 1, fillers)
        turn = np.arange(fillers.sum()) - np.repeat(np.cumsum(fillers) - fillers, fillers)
        return np.sort(np.concatenate([survivors, starts + (turn + 1) * (1 << self.width)]))

    def index_sizes(self, shape: Shape, stored: int) -> tuple[tuple[int, int], ...]:
        return ((stored, self.width),)

    def words(self, places: Places, shape: Shape) -> Words:
        return ((np.diff(places, prepend=-1) - 1, self.width),)

    def read(self, words: Sequence[Whole], shape: Shape) -> Places:
        return np.asarray(np.cumsum(words[0] + 1) - 1)

    def tells(self, places: Places, shape: Shape) -> bool:
        return bool(np.all((np.diff(places, prepend=-1) - 1) >> self.width == 0))


def used_blocks(kept: Flags, block: int) -> tuple[Flags, NDArray[np.int64]]:
    """Which blocks of rows of `(out, places)` are not all zero, and how many rows each has: the last may be shorter."""
    rows = kept.reshape(len(kept), -1)
    starts = np.arange(0, len(rows), block)
    return np.logical_or.reduceat(rows, starts, axis=0), np.diff(starts, append=len(rows))
