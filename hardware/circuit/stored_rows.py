"""How the rows of weights of a projection lie in memory, and how many passes an event of each neuron takes with it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.axes import Axis
from spikewright.hardware.circuit.reaches import Reach
from spikewright.hardware.circuit.words import address_bits
from spikewright.hardware.model.bit_widths import signed_bits

Whole = NDArray[np.int64]
LAYOUTS = ("dense", "lists", "packed")
"""dense: every row, in the order of the tables. lists: rows that are not all zero, one after the other. packed: lists in which
each lane has a weight for any one of its channels, and says for which."""
CODES = " codes"
"""Behind a layout: rows hold the numbers of weights in a table that each lane has."""


@dataclass(frozen=True, eq=False)
class StoredRows:
    """What is stored for a projection that reaches `found`, in one of `LAYOUTS`.

    `weights (rows, row)`. Of lists alone: `places (rows, 3)` tile row and tile column in their chain, and group, of each row. The
    rows of a source channel follow each other by the tiles of the axis `outer` (0: rows, 1: columns), then those of the other
    one: the tiles that lie inside the map along `outer` are neighbours, and are a list. `lists (channels, stretches of the axis
    outer, chains of the other one, 2)` its first row and its number of rows; one channel stands for all of the same weights.
    Where `each` is above 0 there are no lists: each tile of each channel has so many rows, some perhaps of zeros.
    `seats (rows, row)`, packed: for each weight the number of its channel among those of its lane. The group of a row is 0 there.
    `table (entries,)`: the weights, ascending, whose numbers stand in the rows, or nothing where weights stand there themselves.
    """

    layout: str
    found: Reach
    weights: Whole
    places: Whole
    lists: Whole
    outer: int = 0
    seats: Whole = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    table: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    each: int = 0

    @classmethod
    def dense(cls, found: Reach) -> "StoredRows":
        """Every row."""
        nothing = np.zeros((0, 3), np.int64)
        return cls("dense", found, found.weights.reshape(-1, found.weights.shape[-1]), nothing, nothing)

    @classmethod
    def listed(cls, found: Reach, outer: int = 0, *, packed: bool = False) -> "StoredRows":
        """The rows that are not all zero; one row of zeros where there is none, since a memory is never empty."""
        held, seats = _packed(found.weights) if packed else (found.weights, None)
        axes = (found.rows, found.columns)
        at, keys = _ordered(np.any(held != 0, axis=-1), axes, outer)
        lists = _lists(len(held), keys, axes[outer], axes[1 - outer])
        channel, down, across, groups = at.T
        where: Whole = np.stack([found.rows.in_chain[down], found.columns.in_chain[across], groups], axis=1)
        every: Any = (channel, down, across, groups)
        if not len(at):
            where, every = np.zeros((1, 3), np.int64), (0, 0, 0, slice(1))
        if seats is None:
            return cls("lists", found, held[every], where, lists, outer)
        return cls("packed", found, held[every], where * (1, 1, 0), lists, outer, seats[every])

    @classmethod
    def even(cls, found: Reach, *, packed: bool = False) -> "StoredRows":
        """As many rows for each tile as the fullest has: an event takes those of its tiles alone, and there are no lists."""
        held, seats = _packed(found.weights) if packed else (found.weights, None)
        used, row = np.any(held != 0, axis=-1), held.shape[-1]
        each = int(used.sum(axis=-1).max(initial=0))
        groups = np.argsort(~used, axis=-1, kind="stable")[..., :each]
        tiles = (found.rows.in_chain[:, None, None], found.columns.in_chain[:, None])
        where = np.stack(np.broadcast_arrays(*tiles, groups if seats is None else 0 * groups), axis=-1).reshape(-1, 3)
        stored, nothing = (
            np.take_along_axis(held, groups[..., None], axis=-2).reshape(-1, row),
            np.zeros((0, 0, 0, 2), np.int64),
        )
        if seats is None:
            return cls("lists", found, stored, where, nothing, each=each)
        said = np.take_along_axis(seats, groups[..., None], axis=-2).reshape(-1, row)
        return cls("packed", found, stored, where, nothing, seats=said, each=each)

    @cached_property
    def weight_bits(self) -> int:
        """Bits of a weight."""
        return max(2, signed_bits(self.found.weights))

    def coded(self) -> "StoredRows":
        """The same rows as numbers in a table of the weights in them."""
        return replace(self, table=np.unique(self.weights))

    @property
    def name(self) -> str:
        """What the design calls it: the layout, and whether rows hold codes."""
        return self.layout + (CODES if len(self.table) else "")

    @property
    def code_bits(self) -> int:
        """Bits of the number of a weight in the table, 0 without one."""
        return address_bits(len(self.table)) if len(self.table) else 0

    @property
    def words(self) -> Whole:
        """What stands in the rows, `(rows, row)`: weights, or their numbers in the table."""
        return np.searchsorted(self.table, self.weights) if len(self.table) else self.weights

    @property
    def row_bits(self) -> int:
        """Bits of a row."""
        return int(self.weights.shape[1]) * (self.code_bits or self.weight_bits)

    @cached_property
    def place_bits(self) -> tuple[int, int, int]:
        """Bits of tile row, tile column and group of a row in a list."""
        rows, columns, groups = (int(most) for most in self.places.max(axis=0, initial=0))
        return address_bits(rows + 1), address_bits(columns + 1), address_bits(groups + 1)

    @property
    def seat_bits(self) -> int:
        """Bits of the number of a channel among those of a lane, 0 where it is that of the row."""
        return address_bits(self.found.groups) if self.layout == "packed" else 0

    @cached_property
    def list_bits(self) -> tuple[int, int]:
        """Bits of a list's first row and of its number of rows; without lists, of a row and of those of all tiles in a line."""
        most = self.each * self.found.columns.most if self.each else int(self.lists[..., 1].max(initial=0))
        return address_bits(len(self.weights)), max(1, most.bit_length())

    @property
    def bits(self) -> int:
        """All bits that are stored: rows, the table of each lane, and with lists where each row goes and where each begins."""
        tables = len(self.table) * self.weight_bits * int(self.weights.shape[1])
        if self.layout == "dense":
            return len(self.weights) * self.row_bits + tables
        rows = len(self.weights) * (self.row_bits + sum(self.place_bits)) + self.seats.size * self.seat_bits
        return rows + self.lists.size // 2 * sum(self.list_bits) + tables

    @cached_property
    def passes(self) -> Whole:
        """Passes of one event of each neuron of the source, `(channels, rows, columns)` of its map.

        An event of 0 passes takes one cycle like one of 1. Rows of a list that lie outside the map across `outer` take their
        pass.
        """
        axes = (self.found.rows, self.found.columns)
        inside = np.multiply.outer(*(np.array([entry.tiles for entry in axis.entries], np.int64) for axis in axes))
        channels = len(self.found.first)
        if self.layout == "dense" or self.each:
            return np.broadcast_to(inside * (self.each or self.found.groups), (channels, *inside.shape))
        counts = self.lists[:, self.numbers(self.outer)][:, :, self.numbers(1 - self.outer), 1]
        each = counts if self.outer == 0 else counts.swapaxes(1, 2)
        return np.asarray(np.broadcast_to(each, (channels, *inside.shape)) * (inside > 0))

    def cost(self) -> int:
        """Bits times the passes of one event of every neuron of the source."""
        return self.bits * int(np.maximum(self.passes, 1).sum())

    def numbers(self, axis: int) -> list[int]:
        """For each place along rows (0) or columns (1) the number of its stretch, or of its chain, in `lists`."""
        one = (self.found.rows, self.found.columns)[axis]
        if axis != self.outer:
            return [entry.chain for entry in one.entries]
        return [one.stretches.index(entry.stretch) if entry.tiles else 0 for entry in one.entries]


def _ordered(used: NDArray[np.bool_], axes: tuple[Axis, Axis], outer: int) -> tuple[Whole, Whole]:
    """Where `used (channels, tile rows, tile columns, groups)` is true, channel by channel and chain by chain, the tiles of the
    axis `outer` first; and beside each the number of its channel, chains and tile of that axis (`_numbered`)."""
    at = np.argwhere(used)
    tiles = (at[:, 1], at[:, 2])
    first, second = axes[outer], axes[1 - outer]
    outside, inside = tiles[outer], tiles[1 - outer]
    keys = _numbered(
        at[:, 0], first.chain_of[outside], second.chain_of[inside], first.in_chain[outside], (first, second)
    )
    within = second.in_chain[inside] * used.shape[3] + at[:, 3]
    order = np.argsort(keys * (len(second.order) * used.shape[3] + 1) + within, kind="stable")
    return at[order], keys[order]


def _numbered(channel: Any, chain: Any, other: Any, tile: Any, axes: tuple[Axis, Axis]) -> Any:
    """One number for a channel, a chain of each axis, and how far along the first one, which rises in this order."""
    first, second = axes
    return ((channel * len(first.starts) + chain) * len(second.starts) + other) * (len(first.order) + 1) + tile


def _lists(channels: int, keys: Whole, first: Axis, second: Axis) -> Whole:
    """`lists` of rows with these numbers: the axis `first` is the outer one."""
    which, before, count = np.array(first.stretches, np.int64).T[:, None, :, None]
    place = np.arange(channels)[:, None, None], which, np.arange(len(second.starts))
    begin, end = (np.searchsorted(keys, _numbered(*place, tile, (first, second))) for tile in (before, before + count))
    return np.stack([begin, end - begin], axis=-1)


def _packed(weights: Whole) -> tuple[Whole, Whole]:
    """`weights (..., groups, row)` with those that are not zero first, lane by lane, and the groups that they are from."""
    groups = np.argsort(weights == 0, axis=-2, kind="stable")
    held = np.take_along_axis(weights, groups, axis=-2)
    return held, np.where(held != 0, groups, 0)
