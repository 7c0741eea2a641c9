"""The memories of a projection into a MAC layer: rows of weights, which of them are kept, and the widths that number them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.hardware.circuit.mac.axes import all_taps
from spikewright.hardware.circuit.mac.reaches import ChannelGroup, MacReach
from spikewright.hardware.circuit.words import address_bits
from spikewright.hardware.model.bit_widths import signed_bits

Whole = NDArray[np.int64]
KeptRow = tuple[int, int, int]
"""Place of the channel, row and column of taps."""
LAYOUTS = ("dense", "lists")
CODES = " codes"


@dataclass(frozen=True, eq=False)
class MacMemories:
    """What a projection stores. `listed`: rows of weights that are zero in all channel lanes are left out, and an index says
    which stay. `coded`: rows hold the numbers of their weights in a table that each channel lane has."""

    reach: MacReach
    lanes: int
    listed: bool = False
    coded: bool = False

    @classmethod
    def of(cls, reach: MacReach, lanes: int, name: str | None = None, *, shared: bool = False) -> "MacMemories":
        """Those of `reach`, stored as `name` says: "dense", "lists", "dense codes", "lists codes"; None: as bits times steps are
        fewest, with codes only where weights are `shared`.

        Raises InvalidInput where another is asked for. There are lists only of weights that taps number: not of gains and
        gates; and codes only where there are weights.
        """
        listable = reach.weighed and _numbered(reach)
        names = [layout + codes for codes in ("", CODES)[: 1 + reach.weighed] for layout in LAYOUTS[: 1 + listable]]
        if name not in (None, *names):
            raise InvalidInput(f"expected the storage {', '.join(names)} in a MAC core, got {name!r}; try 'dense'")
        (rows, columns), pool = reach.taps, _pool(reach)
        every = replace(
            reach, rows=all_taps(reach.rows, rows, pool[0]), columns=all_taps(reach.columns, columns, pool[1])
        )
        made = {one: cls(every if "lists" in one else reach, lanes, "lists" in one, CODES in one) for one in names}
        thought = [one for one in names if shared or CODES not in one]
        return made[name] if name else min((made[one] for one in thought), key=lambda one: one.bits * one.whole_steps)

    @cached_property
    def kept(self) -> tuple[tuple[KeptRow, ...], ...]:
        """For each group the rows of weights that are stored, in their order."""
        return tuple(tuple(self._kept(group)) for group in self.reach.groups)

    @cached_property
    def bases(self) -> tuple[int, ...]:
        """For each group the number of its first row; groups whose rows are the same share them, unless they are listed."""
        known: dict[bytes, int] = {}
        found: list[int] = []
        depth = 0
        for group, kept in zip(self.reach.groups, self.kept, strict=True):
            key = group.weights.tobytes() if not self.listed else bytes(str(len(found)), "ascii")
            if key not in known:
                known[key], depth = depth, depth + len(kept)
            found.append(known[key])
        return tuple(found)

    @cached_property
    def rows(self) -> Whole:
        """The rows of weights `(rows, channel lanes)`; one of zeros where there is none."""
        held: dict[int, Whole] = {}
        for group, kept, base in zip(self.reach.groups, self.kept, self.bases, strict=True):
            for n, (c, y, x) in enumerate(kept):
                held[base + n] = group.weights[c - group.first, y, x]
        return np.array([held[n] for n in range(len(held))] or [np.zeros(self.lanes, np.int64)], np.int64)

    @cached_property
    def weight_bits(self) -> int:
        """Bits of a weight."""
        return max(2, signed_bits(self.rows))

    @cached_property
    def table(self) -> Whole:
        """The weights that codes stand for, ascending; none without codes."""
        return np.unique(self.rows) if self.coded else np.zeros(0, np.int64)

    @property
    def code_bits(self) -> int:
        """Bits of a code, 0 where rows hold weights."""
        return address_bits(len(self.table)) if self.coded else 0

    @cached_property
    def index(self) -> tuple[KeptRow, ...]:
        """What the index says of each row; one entry where there is none."""
        return tuple(row for group in self.kept for row in group) or ((0, 0, 0),)

    @property
    def channel_banks(self) -> int:
        """Banks of the buffer along the channels."""
        return self.lanes if self.reach.one else 1

    @cached_property
    def pool(self) -> tuple[int, int]:
        """Rows and columns of values that a row of weights meets."""
        return _pool(self.reach)

    @cached_property
    def places(self) -> int:
        """Places of channels in a bank of the buffer."""
        return max((group.first + len(group.weights) for group in self.reach.groups), default=1)

    @cached_property
    def plane(self) -> int:
        """Words of a channel in a bank."""
        return self.reach.rows.depth * self.reach.columns.depth

    @property
    def half(self) -> int:
        """Words of an image in a bank."""
        return self.places * self.plane

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """For each group what its table counts: rows of weights that are kept, or channels."""
        return tuple(
            len(kept) if self.listed else len(group.weights)
            for group, kept in zip(self.reach.groups, self.kept, strict=True)
        )

    @property
    def next_weights(self) -> int:
        """Rows of weights from a step's to the next channel's, or to the next kept."""
        rows, columns = self.reach.taps
        return 1 if self.listed else rows * columns

    @cached_property
    def widths(self) -> Mapping[str, int]:
        """Parameters of `sw_mac_walk`: the bits of all that it counts."""
        rows, columns = self.reach.rows, self.reach.columns
        return {
            "T_BITS": address_bits(len(rows.entries)),
            "U_BITS": address_bits(len(columns.entries)),
            "EY_BITS": rows.most.bit_length() or 1,
            "EX_BITS": columns.most.bit_length() or 1,
            "A_BITS": address_bits(2 * self.half),
            "W_BITS": address_bits(len(self.rows)),
            "N_BITS": max(self.counts).bit_length() or 1,
        }

    @property
    def bits(self) -> int:
        """What is stored: rows of weights or codes, their index, and the table of each channel lane."""
        tables = len(self.table) * self.weight_bits * self.lanes
        index = sum(self.widths[name] for name in ("A_BITS", "EY_BITS", "EX_BITS")) if self.listed else 0
        return len(self.rows) * (self.lanes * (self.code_bits or self.weight_bits) + index) + tables

    @cached_property
    def whole_steps(self) -> int:
        """The steps of all blocks."""
        rows, columns = (range(len(axis.blocks)) for axis in (self.reach.rows, self.reach.columns))
        return sum(self.steps(*block) for block in product(range(len(self.reach.groups)), rows, columns))

    def steps(self, group: int, row: int, column: int) -> int:
        """The steps of a block: one at least."""
        if self.listed:
            return max(1, len(self.kept[group]) * self.pool[0] * self.pool[1])
        taps = len(self.reach.rows.blocks[row]) * len(self.reach.columns.blocks[column])
        return max(1, len(self.reach.groups[group].weights) * taps)

    def _kept(self, group: ChannelGroup) -> Iterator[KeptRow]:
        there = np.ones(group.weights.shape[:3], bool) if not self.listed else group.weights.any(axis=3)
        for c, y, x in np.argwhere(there).tolist():
            yield group.first + c, y, x


def _pool(reach: MacReach) -> tuple[int, int]:
    """Rows and columns of the pool in front of the taps."""
    rows, columns = (
        1 + max((entry.inside for block in axis.blocks for entry in block), default=0)
        for axis in (reach.rows, reach.columns)
    )
    return rows, columns


def _numbered(reach: MacReach) -> bool:
    """Whether entries are told apart by their tap and their place in the pool."""
    return all(
        len({(entry.tap, entry.inside) for entry in block}) == len(block) and all(entry.tap < size for entry in block)
        for axis, size in zip((reach.rows, reach.columns), reach.taps, strict=True)
        for block in axis.blocks
    )
