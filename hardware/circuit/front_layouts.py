"""Widths of what goes on between a projection's queue and its taps."""

from dataclasses import dataclass

from spikewright.hardware.circuit.reaches import Reach
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Population, Projection


@dataclass(frozen=True)
class PassBits:
    """Widths of what a pass says; all fronts of a layer share them.

    `block`: of a block's number, which has a sign; `inside`: of the place in a block, along rows and columns; `rows`, `columns`:
    of a row and a column of blocks, with a sign; `tap`: of what a lane adds; `seats`: of the channel numbers of all lanes.
    """

    block: int
    inside: tuple[int, int]
    rows: int
    columns: int
    tap: int
    seats: int = 1

    @classmethod
    def of(cls, circuit: Circuit, population: Population) -> "PassBits":
        """Those of a layer."""
        blocks = circuit.blocks(population)
        inside = (address_bits(blocks.lanes.rows), address_bits(blocks.lanes.columns))
        rows, columns = blocks.rows.bit_length() + 2, blocks.columns.bit_length() + 2
        seats = max(1, circuit.layer(population).seat_bits * blocks.lanes.count)
        return cls(address_bits(blocks.count) + 2, inside, rows, columns, circuit.accumulator_bits(population), seats)


@dataclass(frozen=True, eq=False)
class FrontLayout:
    """A projection's number and record, its rows of weights, and its widths."""

    number: int
    projection: Projection
    blocks: LayerBlocks
    rows: StoredRows
    bits: PassBits

    @property
    def found(self) -> Reach:
        """What it reaches."""
        return self.rows.found

    @property
    def depth(self) -> int:
        """Rows of weights."""
        return len(self.rows.weights)

    @property
    def address(self) -> int:
        """Bits of the number of a row of weights."""
        return address_bits(self.depth)

    @property
    def lane(self) -> int:
        """Bits of the number of a channel lane."""
        return address_bits(self.blocks.lanes.channels)

    @property
    def tiles(self) -> int:
        """Bits of a count of tiles."""
        return max(1, self.found.rows.most.bit_length(), self.found.columns.most.bit_length())

    @property
    def down(self) -> int:
        """Blocks from a tile to the one below it in its chain."""
        return self.found.rows.stride * self.blocks.columns * self.blocks.groups

    @property
    def across(self) -> int:
        """Blocks from a tile to the one beside it in its chain."""
        return self.found.columns.stride * self.blocks.groups

    def file(self, what: str) -> str:
        """A memory's file: c, y, x by coordinate, w weights, t their table; of lists l where each begins, p where its rows go."""
        return f"q{self.number:02d}_{what}.mem"
