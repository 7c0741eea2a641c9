"""How the weights of a layer lie in memory: which are stored, in which order, and what says where they belong.

One choice for the Footprint, which counts the bits, and the file, which holds them. Every way has a name, the places that it
stores (flat, in the order of the file), and an index that gives the places back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spikewright.compress.pruners.patterns import BLOCKS
from spikewright.compress.storing.bits import pack, unpack
from spikewright.compress.storing.groups import Groups, groups_of

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Shape = tuple[int, ...]
_WIDTHS = range(1, 17)


class Way(Protocol):
    """One way of storing weights `(out, ...)`."""

    @property
    def name(self) -> str:
        """As in `LayerFootprint.storage`."""

    def places(self, nonzero: Flags) -> Places:
        """The flat places that are stored, all that are `nonzero` among them."""

    def index_bits(self, shape: Shape, stored: int) -> int:
        """The length of the index."""

    def index(self, places: Places, shape: Shape) -> Bytes:
        """The index that tells `places`."""

    def read(self, index: Bytes, shape: Shape, stored: int) -> Places:
        """The places that an index tells. Raises ValueError for one that tells none."""


@dataclass(frozen=True)
class Layout:
    """What a layer costs in one of the ways: `stored` weights, some of them zeros, and their index."""

    way: Way
    stored: int
    weight_bits: int
    index_bits: int


def cheapest(nonzero: Flags, bits: int) -> Layout:
    """The layout of fewest bits for weights `(out, ...)` of `bits` bits, zero where not `nonzero`; the first of equals."""
    layouts = (
        Layout(way, stored, stored * bits, way.index_bits(nonzero.shape, stored)) for way, stored in _counted(nonzero)
    )
    return min(layouts, key=lambda one: one.weight_bits + one.index_bits)


def way_of(name: str) -> Way:
    """The way of that name. Raises ValueError for none."""
    if name in ("dense", "bitmap"):
        return Dense() if name == "dense" else Bitmap()
    if name.startswith("block") and name[5:].isdecimal() and int(name[5:]) in BLOCKS:
        return Blocks(int(name[5:]))
    if name.startswith("gap") and name[3:].isdecimal() and int(name[3:]) in _WIDTHS:
        return Gaps(int(name[3:]))
    return groups_of(name)


def _counted(nonzero: Flags) -> Iterator[tuple[Way, int]]:
    """Every way, and how many weights it stores."""
    kept = int(nonzero.sum())
    yield Dense(), nonzero.size
    yield Bitmap(), kept
    for block in BLOCKS:
        used, sizes = _used(nonzero, block)
        yield Blocks(block), int((used.sum(1) * sizes).sum())
    before = np.diff(np.flatnonzero(nonzero), prepend=-1) - 1
    for width in _WIDTHS:
        yield Gaps(width), kept + int((before >> width).sum())
    for groups in Groups.fitting(nonzero):
        yield groups, groups.stored(nonzero.shape)


@dataclass(frozen=True)
class Dense:
    """All weights, no index."""

    name: str = "dense"

    def places(self, nonzero: Flags) -> Places:
        return np.arange(nonzero.size)

    def index_bits(self, shape: Shape, stored: int) -> int:
        return 0

    def index(self, places: Places, shape: Shape) -> Bytes:
        return np.zeros(0, np.uint8)

    def read(self, index: Bytes, shape: Shape, stored: int) -> Places:
        return np.arange(int(np.prod(shape)))


@dataclass(frozen=True)
class Bitmap:
    """One bit for each weight, then those that are not zero."""

    name: str = "bitmap"

    def places(self, nonzero: Flags) -> Places:
        return np.flatnonzero(nonzero)

    def index_bits(self, shape: Shape, stored: int) -> int:
        return int(np.prod(shape))

    def index(self, places: Places, shape: Shape) -> Bytes:
        flags = np.zeros(int(np.prod(shape)), np.bool_)
        flags[places] = True
        return np.packbits(flags)

    def read(self, index: Bytes, shape: Shape, stored: int) -> Places:
        return np.flatnonzero(np.unpackbits(index, count=int(np.prod(shape))))


@dataclass(frozen=True)
class Blocks:
    """One bit for each block of consecutive output channels at one place, then the blocks that are not all zero."""

    block: int

    @property
    def name(self) -> str:
        return f"block{self.block}"

    def places(self, nonzero: Flags) -> Places:
        return self._places(_used(nonzero, self.block)[0], nonzero.shape)

    def index_bits(self, shape: Shape, stored: int) -> int:
        return -(-shape[0] // self.block) * int(np.prod(shape[1:]))

    def index(self, places: Places, shape: Shape) -> Bytes:
        flags = np.zeros(int(np.prod(shape)), np.bool_)
        flags[places] = True
        return np.packbits(_used(flags.reshape(shape), self.block)[0])

    def read(self, index: Bytes, shape: Shape, stored: int) -> Places:
        flags = np.unpackbits(index, count=self.index_bits(shape, stored)).astype(np.bool_)
        return self._places(flags.reshape(-1, int(np.prod(shape[1:]))), shape)

    def _places(self, used: Flags, shape: Shape) -> Places:
        return np.flatnonzero(used.repeat(self.block, axis=0)[: shape[0]])


@dataclass(frozen=True)
class Gaps:
    """Each stored weight with the number of zeros before it; a longer run of zeros stores zeros in between."""

    width: int

    @property
    def name(self) -> str:
        return f"gap{self.width}"

    def places(self, nonzero: Flags) -> Places:
        kept = np.flatnonzero(nonzero)
        before = np.diff(kept, prepend=-1) - 1
        fillers = before >> self.width
        starts = np.repeat(kept - before - 1, fillers)
        turn = np.arange(fillers.sum()) - np.repeat(np.cumsum(fillers) - fillers, fillers)
        return np.sort(np.concatenate([kept, starts + (turn + 1) * (1 << self.width)]))

    def index_bits(self, shape: Shape, stored: int) -> int:
        return stored * self.width

    def index(self, places: Places, shape: Shape) -> Bytes:
        return pack(np.diff(places, prepend=-1) - 1, self.width)

    def read(self, index: Bytes, shape: Shape, stored: int) -> Places:
        return np.cumsum(unpack(index, self.width, stored) + 1) - 1


def _used(nonzero: Flags, block: int) -> tuple[Flags, NDArray[np.int64]]:
    """Which blocks of rows of `(out, places)` are not all zero, and how many rows each has: the last may be shorter."""
    rows = nonzero.reshape(len(nonzero), -1)
    starts = np.arange(0, len(rows), block)
    return np.logical_or.reduceat(rows, starts, axis=0), np.diff(starts, append=len(rows))
