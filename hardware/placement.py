"""Where each memory of a core lies: the record that the circuit, the cost model and the export share."""

from dataclasses import dataclass
from typing import Literal

from spikewright import Table
from spikewright.hardware.devices import Device

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


@dataclass(frozen=True)
class PlacedMemory:
    """One memory of a core, or `count` of them that are alike: `words` of `bits` each.

    name: its place in the circuit, such as "array1.banks". part: the population or projection that it belongs to.
    role: what it holds: weights; potentials of neurons; constants of lanes (thresholds, drives, initial potentials); currents
    that are held over the steps; a table that says what an event reaches; the weights of a codebook, once for each lane; a
    queue; activations; the answers of an output.
    style: registers, look-up tables, or block memories. file: what it is loaded with, None where nothing is.
    """

    name: str
    part: str
    role: Role
    words: int
    bits: int
    style: Style
    count: int = 1
    file: str | None = None

    @property
    def total_bits(self) -> int:
        """Bits of all that are alike."""
        return self.words * self.bits * self.count

    def blocks(self, device: Device) -> int:
        """Block memories of the device that it takes."""
        return self.count * block_count(device, self.bits, self.words) if self.style == "blocks" else 0


def block_count(device: Device, width: int, depth: int) -> int:
    """Blocks for a memory `width` bits wide and `depth` words deep: the cheapest of the block's modes.

    min over modes of ceil(width / mode width) ceil(depth / mode depth). A row of 512 bits takes 15 half blocks of
    Xilinx whatever its depth up to 512.
    """
    if width < 1 or depth < 1:
        return 0
    return min(-(-width // wide) * -(-depth // deep) for wide, deep in device.block_shapes)


@dataclass(frozen=True)
class PlacingRule:
    """Which style a memory gets. written_tables: whether the device has look-up tables that can be written (iCE40 has none)."""

    written_tables: bool = True

    @classmethod
    def of(cls, device: Device) -> "PlacingRule":
        """That of a device."""
        return cls(written_tables=device.family in WRITTEN_TABLES)

    def read_only(self, words: int, bits: int) -> Style:
        """Tables while a bit of all words fits into one look-up table, or while they are few; blocks beyond."""
        return "tables" if words <= TABLE_WORDS or -(-words // TABLE_WORDS) * bits <= TABLE_COST else "blocks"

    def written(self, words: int) -> Style:
        """Registers for one word, tables up to 32, blocks beyond; without tables that can be written, blocks."""
        if words == 1:
            return "registers"
        return "tables" if words <= TABLE_ROWS and self.written_tables else "blocks"

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
