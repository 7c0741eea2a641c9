"""Where each memory of a core lies: the record that the circuit, the cost model and the export share."""

from dataclasses import dataclass
from typing import Literal

from spikewright import Table
from spikewright.hardware.devices import Device
from spikewright.hardware.memory_columns import Shapes, block_columns, units_of

Style = Literal["registers", "tables", "blocks"]
Role = Literal["weights", "potentials", "constants", "currents", "table", "codebook", "queue", "activations", "answers"]
TABLE_WORDS = 64
"""Words of read-only memory that one look-up table of six inputs holds a bit of."""
TABLE_COST = 32
"""Look-up tables that a read-only memory may take before a block memory is worth it."""
TABLE_ROWS = 32
"""Rows of a memory that is written lie in look-up tables up to this depth."""
WRITTEN_TABLES = ("xc7", "xcup", "ecp5", "cyclonev")
"""Families whose look-up tables can be written."""
PAIRED_BLOCKS = ("xc7", "xcup")
"""Families whose block memories pair up to a wider one."""
BLOCK_COST = 128
"""What Yosys takes a block memory for, in the costs of TABLE_COSTS."""


@dataclass(frozen=True)
class TableCost:
    """How dear a memory of look-up tables is to Yosys: tables of `rows` x `bits` cost `cost` each; beyond `whole` rows each bit
    is chosen among several tables, at 1/2.
    """

    rows: int
    bits: int
    cost: float
    whole: int

    def of(self, words: int, bits: int) -> float:
        """What a memory of so many words and bits costs."""
        tables = -(-words // self.rows) * -(-bits // self.bits)
        return tables * self.cost + bits * (-(-words // self.whole) - 1) / 2


TABLE_COSTS = {
    "xc7": TableCost(32, 1, 8 / 6, 64),
    "xcup": TableCost(32, 1, 16 / 14, 64),
    "ecp5": TableCost(16, 4, 4, 16),
    "cyclonev": TableCost(32, 20, 32, 32),
}
"""Family -> its tables, from Yosys's own lists (`lutrams_*.txt`)."""


@dataclass(frozen=True)
class PlacedMemory:
    """One memory of a core, or `count` of them that are alike: `words` of `bits` each.

    name: its place in the circuit, such as "array1.banks". part: the population or projection that it belongs to.
    role: what it holds: weights; potentials of neurons; constants of lanes (thresholds, drives, initial potentials); currents
    that are held over the steps; a table that says what an event reaches; the weights of a codebook, once for each lane; a
    queue; activations; the answers of an output.
    style: registers, look-up tables, or block memories. file: what it is loaded with, None where nothing is. column: bits of
    the columns of block memories that the Verilog has, the last one is what is left; 0: synthesis lays it out.
    """

    name: str
    part: str
    role: Role
    words: int
    bits: int
    style: Style
    count: int = 1
    file: str | None = None
    column: int = 0

    @property
    def total_bits(self) -> int:
        """Bits of all that are alike."""
        return self.words * self.bits * self.count

    def blocks(self, device: Device) -> int:
        """Block memories of the device that it takes."""
        return self.count * block_count(device, self.bits, self.words, self.column) if self.style == "blocks" else 0


def block_count(device: Device, width: int, depth: int, column: int = 0) -> int:
    """Blocks for a memory `width` bits wide and `depth` words deep, in columns of so many bits; 0: the fewest that hold it.

    A row of 512 bits takes 15 half blocks of Xilinx whatever its depth up to 512; 4992 words of 80 bits take 4 x 5 of
    18 x 1024 and 3 of 9 x 2048.
    """
    return units_of(block_columns(device.block_shapes, width, depth, column))


@dataclass(frozen=True)
class PlacingRule:
    """Which style a memory gets.

    written_tables: whether the device has look-up tables that can be written (iCE40 has none). tables, shapes: what these cost,
    and the modes of its block memories; the cheaper ones are chosen where the circuit leaves that to synthesis. widest: bits of
    the widest column of block memories that are written, 0 where they may be as wide as they are: Yosys 0.23 connects pairs of
    blocks of AMD wrongly (YosysHQ/yosys#5833).
    """

    written_tables: bool = True
    tables: TableCost = TABLE_COSTS["xc7"]
    shapes: Shapes = ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384))
    widest: int = 36

    @classmethod
    def of(cls, device: Device) -> "PlacingRule":
        """That of a device."""
        return cls.for_family(device.family, device.block_shapes)

    @classmethod
    def for_family(cls, family: str, shapes: Shapes) -> "PlacingRule":
        """That of a family whose block memories have these modes."""
        widest = shapes[0][0] if family in PAIRED_BLOCKS else 0
        return cls(family in WRITTEN_TABLES, TABLE_COSTS.get(family, TABLE_COSTS["xc7"]), shapes, widest)

    def read_only(self, words: int, bits: int) -> Style:
        """Tables while a bit of all words fits into one look-up table, or while they are few; blocks beyond."""
        return "tables" if words <= TABLE_WORDS or -(-words // TABLE_WORDS) * bits <= TABLE_COST else "blocks"

    def written(self, words: int) -> Style:
        """Registers for one word, tables up to 32, blocks beyond; without tables that can be written, blocks."""
        if words == 1:
            return "registers"
        return "tables" if words <= TABLE_ROWS and self.written_tables else "blocks"

    def chosen(self, words: int, bits: int) -> Style:
        """Where synthesis chooses: registers for one word, tables while all of them are cheaper than a block memory."""
        if words == 1:
            return "registers"
        blocks = units_of(block_columns(self.shapes, bits, words))
        cheap = self.tables.of(words, bits) <= BLOCK_COST * blocks
        return "tables" if self.written_tables and cheap else "blocks"

    def shown(self) -> Style:
        """One that is read without a clock, such as a queue: block memories cannot."""
        return "tables" if self.written_tables else "registers"


USUAL = PlacingRule()
"""That of most devices."""


@dataclass(frozen=True)
class Placement:
    """All memories of a core on `device`."""

    device: Device
    memories: tuple[PlacedMemory, ...]

    @property
    def blocks(self) -> int:
        """Block memories of the device in all."""
        return sum(memory.blocks(self.device) for memory in self.memories)

    @property
    def total_bits(self) -> int:
        """Bits in all."""
        return sum(memory.total_bits for memory in self.memories)

    def of(self, part: str) -> tuple[PlacedMemory, ...]:
        """The memories of a population or a projection."""
        return tuple(memory for memory in self.memories if memory.part == part)

    @property
    def table(self) -> Table:
        """A row for each memory."""
        return Table.of(
            {
                "memory": one.name, "part": one.part, "role": one.role, "count": one.count, "words": one.words,
                "bits": one.bits, "style": one.style, "blocks": one.blocks(self.device), "file": one.file or "",
            }
            for one in self.memories
        )  # fmt: skip
