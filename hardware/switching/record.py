"""How often what a circuit is made of changes: for each of its parts and as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from spikewright import Table


@dataclass(frozen=True)
class MemoryUse:
    """A block memory in a run: the cycles in which its read port was enabled, and those in which it was written."""

    reads: float
    writes: float


@dataclass(frozen=True)
class PartSwitching:
    """An instance in the circuit, such as "array1", with all that is in it; "" for what lies beside them.

    registers: bits that a clock edge sets: flip-flops, shift registers, and what block memories read. register_toggles: their
    changes between 0 and 1 in the run. nets, net_toggles: the same of what look-up tables, carry chains and multipliers give;
    only a netlist has these. memories: the block memories by their paths.
    """

    part: str
    registers: int = 0
    register_toggles: int = 0
    nets: int = 0
    net_toggles: int = 0
    memories: Mapping[str, MemoryUse] = field(default_factory=dict)

    @property
    def reads(self) -> float:
        """Cycles in which read ports of block memories were enabled, all together."""
        return sum(one.reads for one in self.memories.values())

    @property
    def writes(self) -> float:
        """Cycles in which block memories were written, all together."""
        return sum(one.writes for one in self.memories.values())


@dataclass(frozen=True, repr=False)
class Switching:
    """What changed in `cycles` clock cycles, from the end of the reset to the last answer. `source`: "rtl", or a family."""

    source: str
    cycles: int
    parts: tuple[PartSwitching, ...]

    def __repr__(self) -> str:
        return (
            f"Switching({self.source}, {len(self.parts)} parts in {self.cycles:,} cycles: {self.whole.registers:,} register bits"
            f" change {self.register_rate:.4g} times a cycle)"
        )

    @property
    def whole(self) -> PartSwitching:
        """All parts together."""
        memories = {path: use for one in self.parts for path, use in one.memories.items()}
        named = ("registers", "register_toggles", "nets", "net_toggles")
        return PartSwitching(
            "all", **{name: sum(getattr(one, name) for one in self.parts) for name in named}, memories=memories
        )

    @property
    def register_rate(self) -> float:
        """Changes of a register bit in a cycle, the mean over all."""
        return rate(self.whole.register_toggles, self.whole.registers, self.cycles)

    @property
    def net_rate(self) -> float:
        """Changes of a net of logic in a cycle, the mean over all; 0 where none were followed."""
        return rate(self.whole.net_toggles, self.whole.nets, self.cycles)

    def differences(self, other: "Switching", share: float = 0.1) -> tuple[str, ...]:
        """One sentence for each quantity that is another one in `other`: changes of all registers in the run, by more than
        `share` of those of `other`, and reads and writes of each block memory, by more than a cycle."""
        told = []
        mine, theirs = self.whole, other.whole
        if abs(mine.register_toggles - theirs.register_toggles) > share * theirs.register_toggles:
            told.append(f"registers change {mine.register_toggles:,} times, not {theirs.register_toggles:,}")
        for path in sorted({*mine.memories, *theirs.memories}):
            one, its = mine.memories.get(path, MemoryUse(0, 0)), theirs.memories.get(path, MemoryUse(0, 0))
            if abs(one.reads - its.reads) > 1 or abs(one.writes - its.writes) > 1:
                told.append(
                    f"{path} is read in {one.reads:g} cycles and written in {one.writes:g}, not {its.reads:g} and {its.writes:g}"
                )
        return tuple(told)

    @property
    def table(self) -> Table:
        """A row for each part and one for all: bits, changes in a cycle, changes of a bit in a cycle, accesses in a cycle."""
        return Table.of(self._row(one) for one in (*self.parts, self.whole))

    def _row(self, one: PartSwitching) -> dict[str, str | float]:
        per = max(1, self.cycles)
        return {
            "part": one.part or "core",
            "registers": one.registers,
            "register_toggles": one.register_toggles / per,
            "register_rate": rate(one.register_toggles, one.registers, self.cycles),
            "nets": one.nets,
            "net_toggles": one.net_toggles / per,
            "net_rate": rate(one.net_toggles, one.nets, self.cycles),
            "block_reads": one.reads / per,
            "block_writes": one.writes / per,
        }


def rate(toggles: float, bits: int, cycles: int) -> float:
    """Changes of a bit in a cycle; 0 of no bits."""
    return toggles / (bits * cycles) if bits and cycles else 0.0
