"""What synthesis says of a circuit: cells of each module and of all, and speed after place and route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spikewright import Table


@dataclass(frozen=True)
class CellCounts:
    """Cells of a part of a circuit.

    lut: look-up tables, those that are memory or carry among them; memory_lut: those that are memory. ff: flip-flops. carry:
    cells of carry chains. dsp: multipliers. blocks: memory blocks by kind; small_blocks: in units of the smallest kind.
    """

    lut: int = 0
    memory_lut: int = 0
    ff: int = 0
    carry: int = 0
    dsp: int = 0
    small_blocks: int = 0
    blocks: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "CellCounts") -> "CellCounts":
        kinds = {*self.blocks, *other.blocks}
        return CellCounts(
            self.lut + other.lut,
            self.memory_lut + other.memory_lut,
            self.ff + other.ff,
            self.carry + other.carry,
            self.dsp + other.dsp,
            self.small_blocks + other.small_blocks,
            {kind: self.blocks.get(kind, 0) + other.blocks.get(kind, 0) for kind in sorted(kinds)},
        )

    @property
    def row(self) -> dict[str, Any]:
        """A row of a table."""
        return {
            "lut": self.lut,
            "memory_lut": self.memory_lut,
            "ff": self.ff,
            "carry": self.carry,
            "dsp": self.dsp,
            "blocks": self.small_blocks,
        }


@dataclass(frozen=True)
class SynthesisedModule:
    """A module with one set of parameters: `count` of it in the circuit, and what one of it takes without those inside it."""

    module: str
    parameters: Mapping[str, int | str]
    count: int
    own: CellCounts


@dataclass(frozen=True)
class PlacedCircuit:
    """After place and route: the fastest clock in MHz, cells used by kind, and the slowest path as (cell, nanoseconds)."""

    tool: str
    device: str
    clock_mhz: float
    used: Mapping[str, int]
    path: tuple[tuple[str, float], ...]

    @property
    def slowest(self) -> str:
        """The slowest path: where it begins and ends, and how long it takes."""
        if not self.path:
            return "no path from register to register"
        return f"{self.path[0][0]} to {self.path[-1][0]}, {sum(delay for _, delay in self.path):.1f} ns"


@dataclass(frozen=True, repr=False)
class Synthesis:
    """A circuit synthesised for a family.

    tool, script: the version of Yosys, and what it was told. modules: by their sizes, when they were kept. whole: all of them.
    placed: None where it was not asked for.
    """

    target: str
    tool: str
    script: str
    flat: bool
    modules: tuple[SynthesisedModule, ...]
    whole: CellCounts
    placed: PlacedCircuit | None = None

    def __repr__(self) -> str:
        whole = self.whole
        clock = "" if self.placed is None else f", {self.placed.clock_mhz:.1f} MHz"
        return (
            f"Synthesis({self.target}, {'flat' if self.flat else 'modules kept'}: {whole.lut:,} LUT, {whole.ff:,} FF,"
            f" {whole.small_blocks:,} blocks, {whole.dsp:,} DSP{clock}; {self.tool})"
        )

    @property
    def table(self) -> Table:
        """A row for each kind of module, all of its instances together, and one for the circuit."""
        kinds: dict[str, CellCounts] = {}
        numbers: dict[str, int] = {}
        for one in self.modules:
            for _ in range(one.count):
                kinds[one.module] = kinds.get(one.module, CellCounts()) + one.own
            numbers[one.module] = numbers.get(one.module, 0) + one.count
        rows = [{"module": name, "instances": numbers[name], **kinds[name].row} for name in sorted(kinds)]
        return Table.of([*rows, {"module": "all", "instances": 1, **self.whole.row}])
