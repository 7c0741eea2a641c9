"""Memories that are loaded at run time: their numbers on the load bus, and the words that fill them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spikewright import InvalidInput
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.memories import MEMORIES
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.verilog import instance, wire
from spikewright.hardware.circuit.words import address_bits

LOAD_WORD = 32
"""Bits of a word of the load stream."""
LOADABLE = (
    *("sw_front", "sw_list_front", "sw_synapse", "sw_array"),
    *("sw_mac_buffer", "sw_mac_walk", "sw_mac_source", "sw_mac_send"),
)
"""Modules whose memories hang on the load bus."""
_HEAD = re.compile(r"^(sw_\w+) #\((.*)\)\n    (\w+) \(", re.MULTILINE)


@dataclass(frozen=True)
class LoadedMemory:
    """A memory of a core: its number on the load bus, from 1 on; `name`, instance.memory; the `file` it begins with; its size."""

    number: int
    name: str
    file: str
    rows: int
    bits: int

    @property
    def words(self) -> int:
        """Words of the load stream in a row."""
        return -(-self.bits // LOAD_WORD)


def load_map(core: str) -> tuple[LoadedMemory, ...]:
    """The memories of the text of a core, in the order of their numbers: all that have files."""
    found: list[LoadedMemory] = []
    for one in read_instances(core):
        for memory in MEMORIES[one.module](one) if one.module in LOADABLE else ():
            file = one.parameters.get(memory.parameter)
            if isinstance(file, str):
                name = f"{one.name}.{memory.name}"
                found.append(LoadedMemory(len(found) + 1, name, file, memory.words, memory.bits))
    return tuple(found)


def bus_sizes(core: str) -> tuple[int, int]:
    """(bits of the number of a row, bits of a row) on the load bus of a core."""
    memories = load_map(core)
    return address_bits(max(one.rows for one in memories)), LOAD_WORD * max(one.words for one in memories)


def bus_bits(core: str) -> int:
    """Bits of the load bus of a core: {memory 16, row number, row}."""
    return 16 + sum(bus_sizes(core))


def with_bus(core: str, loads: bool) -> str:
    """The text of a core whose memories hang on the wire `load_bus`, or, where nothing `loads`, on nothing."""
    firsts: dict[str, int] = {}
    for one in load_map(core):
        firsts.setdefault(one.name.partition(".")[0], one.number)
    address, row = bus_sizes(core) if loads else (0, 0)

    def told(found: "re.Match[str]") -> str:
        module, given, name = found.groups()
        if name not in firsts:
            return found[0]
        more = f".MEMORY({firsts[name]}), .LOAD_ADDRESS({address}), .LOAD_ROW({row}), " if loads else ""
        return f"{module} #({more}{given})\n    {name} (.load({'load_bus' if loads else '18' + chr(39) + 'd0'}), "

    return _HEAD.sub(told, core)


def load_frames(circuit: Circuit) -> Iterator[list[int]]:
    """The frames that fill all memories of a circuit with the files in its folder, see `sw_loader`."""
    for memory in load_map((circuit.folder / "core.v").read_text()):
        rows = [int(row, 16) for row in (circuit.folder / memory.file).read_text().split()]
        low = (1 << LOAD_WORD) - 1
        yield [memory.number, 0, *(row >> LOAD_WORD * n & low for row in rows for n in range(memory.words))]


def check_alike(circuit: Circuit, other: Circuit) -> None:
    """Raise InvalidInput unless the memories of `other` fit into the circuit: all but their contents is the same."""
    mine, given = ((one.folder / "core.v").read_text() for one in (circuit, other))
    if mine == given:
        return
    for before, after in zip(read_instances(mine), read_instances(given), strict=False):
        if before != after:
            told = [
                f".{key}({value})" for key, value in after.parameters.items() if before.parameters.get(key) != value
            ]
            where = f"{', '.join(told[:3]) or 'another module'} in {after.module} {after.name}"
            raise InvalidInput(
                f"expected a network whose circuit differs in its memories only, got {where}; "
                "try one with the same widths of weights, thresholds and sums"
            )
    raise InvalidInput(
        "expected a network whose circuit differs in its memories only, got others of its wires; try one of the same layers"
    )


def loader(core: str) -> str:
    """The Verilog from `s_load_axis` to `load_bus`, in `sw_axis`; a row that is loaded resets all others: `rst`."""
    memories, (address, row) = load_map(core), bus_sizes(core)
    words = sum(one.words << (16 * at) for at, one in enumerate(memories))
    parameters = {"MEMORIES": len(memories), "WORDS": words, "LOAD_ADDRESS": address, "LOAD_ROW": row}
    ports = {"rst": "!aresetn", "in_valid": "s_load_axis_tvalid", "in_ready": "s_load_axis_tready"}
    ports |= {"in_word": "s_load_axis_tdata", "in_last": "s_load_axis_tlast", "load": "load_bus"}
    begins = f"wire rst = !aresetn || load_bus[{bus_bits(core) - 1}:{bus_bits(core) - 16}] != 0;"
    return "\n".join(
        [wire("load_bus", bus_bits(core)), begins, instance("sw_loader", "loader", dict(parameters), ports)]
    )


def load_table(core: str) -> str:
    """What the head of `sw_axis` says of the memories: number, name, rows, bits of a row, words of a row."""
    rows = [
        f"//   {one.number:>4}  {one.name:<24} {one.rows:>6} x {one.bits} bits, {one.words} words"
        for one in load_map(core)
    ]
    return "\n".join(
        [
            "// s_load_axis: a frame is the number of a memory, the first row, and rows, the lowest word first. Memories:",
            *rows,
        ]
    )
