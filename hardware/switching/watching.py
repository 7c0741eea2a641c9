"""What is counted of each signal of a trace: registers, nets of logic, ports of block memories, by part of the circuit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.placement import PlacedMemory
from spikewright.hardware.switching.changes import BitCount, TracedSignal
from spikewright.hardware.switching.record import MemoryUse, PartSwitching, Switching
from spikewright.hardware.switching.rtl_signals import PORTS, instances

CORE = 2
"""Names in front of those of a core's parts: of the bench, and of the core in it."""
PERIOD = 10_000
"""Picoseconds of a clock cycle in the bench."""


@dataclass
class Counts:
    """Tallies of a run by part and kind, and by memory and port. `always`: ports that are open in every cycle."""

    kinds: dict[tuple[str, str], list[BitCount]] = field(default_factory=dict)
    ports: dict[tuple[str, str], list[BitCount]] = field(default_factory=dict)
    always: dict[tuple[str, str], int] = field(default_factory=dict)

    def bits(self, part: str, kind: str, mask: int) -> Iterator[BitCount]:
        """A tally of bits of a `kind`, "registers" or "nets"."""
        if mask:
            tally = BitCount(mask)
            self.kinds.setdefault((part, kind), []).append(tally)
            yield tally

    def port(self, memory: str, port: str, mask: int = 1) -> Iterator[BitCount]:
        """A tally of signals that open a "reads" or "writes" port of a memory."""
        tally = BitCount(mask)
        self.ports.setdefault((memory, port), []).append(tally)
        yield tally

    def switching(self, source: str, time: int) -> Switching:
        """What came of it in so many picoseconds."""
        cycles = round(time / PERIOD)
        uses = {
            memory: MemoryUse(*(self._open(memory, port, cycles) for port in ("reads", "writes")))
            for memory in self._memories()
        }
        names = sorted({part for part, _ in self.kinds} | {part_of(memory) for memory in uses})
        return Switching(source, cycles, tuple(self._part(name, uses) for name in names))

    def _memories(self) -> list[str]:
        return sorted({memory for memory, _ in (*self.ports, *self.always)})

    def _open(self, memory: str, port: str, cycles: int) -> float:
        """Cycles in which a port was open: the mean over the blocks that a memory is made of."""
        tallies, always = self.ports.get((memory, port), []), self.always.get((memory, port), 0)
        opened = sum(tally.high for tally in tallies) / PERIOD + always * cycles
        return opened / max(1, sum(tally.mask.bit_count() for tally in tallies) + always)

    def _part(self, name: str, uses: Mapping[str, MemoryUse]) -> PartSwitching:
        registers, nets = (self.kinds.get((name, kind), []) for kind in ("registers", "nets"))
        memories = {memory: use for memory, use in uses.items() if part_of(memory) == name}
        return PartSwitching(name, *_summed(registers), *_summed(nets), memories)


def _summed(tallies: Sequence[BitCount]) -> tuple[int, int]:
    """Bits and their changes."""
    return sum(tally.mask.bit_count() for tally in tallies), sum(tally.toggles for tally in tallies)


def part_of(path: str) -> str:
    """The instance in the core in which something lies, "" for the core itself."""
    return path.partition(".")[0]


@dataclass
class RtlWatch:
    """Chooses signals of the Verilog of a circuit whose `core.v` is `text`; `placed`: its memories; `registers`: the bits of
    names that are set by a clock."""

    text: str
    placed: Sequence[PlacedMemory]
    registers: Mapping[str, int]
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self._modules = {one.name: one.module for one in read_instances(self.text)}

    def __call__(self, signal: TracedSignal) -> Iterable[BitCount]:
        scope = signal.scope[CORE:]
        if len(signal.scope) < CORE:
            return
        module, depth = self._module(scope)
        path = ".".join([*scope, signal.name])
        yield from self.counts.bits(scope[0] if scope else "", "registers", self.registers.get(path, 0))
        if module in PORTS:
            yield from self._ports(module, scope, depth, signal)

    def _module(self, scope: Sequence[str]) -> tuple[str, int]:
        """The module that a scope lies in, and how many of its names lead there."""
        module, depth = "", 0
        for at, name in enumerate(scope):
            inner = self._modules.get(name) if not module else instances(module).get(name)
            if inner:
                module, depth = inner, at + 1
        return module, depth

    def _ports(self, module: str, scope: Sequence[str], depth: int, signal: TracedSignal) -> Iterator[BitCount]:
        ports, path = PORTS[module], ".".join(scope[:depth])
        if not self._in_blocks(ports.name, scope[:depth]):
            return
        name = ".".join([*scope[depth:], signal.name])
        if not ports.read:
            self.counts.always[path, "reads"] = 1
        if name == ports.read:
            yield from self.counts.port(path, "reads")
        if name == ports.write:
            yield from self.counts.port(path, "writes")

    def _in_blocks(self, memory: str, scope: Sequence[str]) -> bool:
        """Whether the memory of a scope lies in block memories."""
        for one in self.placed:
            part, _, name = one.name.partition(".")
            if part == scope[0] and (name in (memory, *scope[1:]) or len(scope) == 1):
                return one.style == "blocks"
        return False
