"""Which signals of a netlist are registers, which are nets of logic, and which open the ports of its block memories."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from spikewright.hardware.switching.changes import BitCount, TracedSignal
from spikewright.hardware.switching.watching import CORE, Counts, part_of

Netlist = Mapping[str, Any]
CLOCKED = ("FD", "TRELLIS_FF", "SRL", "RAMB", "DP16KD")
"""What the cells begin with whose outputs a clock edge sets."""
BLOCKS = ("RAMB", "DP16KD")


@dataclass(frozen=True)
class BlockPort:
    """A port of a block memory: the pins that open it for reading and for writing, the parameter with its width, its outputs."""

    enable: str
    write: tuple[str, ...]
    outputs: tuple[str, ...]


_RAMB = (
    BlockPort("ENARDEN", ("WEA",), ("DOADO", "DOPADOP")),
    BlockPort("ENBWREN", ("WEBWE",), ("DOBDO", "DOPBDOP")),
)
_DP16KD = tuple(
    BlockPort(f"CE{port}", (f"WE{port}", f"AD{port}0", f"AD{port}1"), tuple(f"DO{port}{n}" for n in range(18)))
    for port in "AB"
)


@dataclass
class NetlistWatch:
    """Chooses signals of a netlist, which yosys wrote as JSON with the module `top`."""

    netlist: Netlist
    top: str
    counts: Counts = field(default_factory=Counts)

    @cached_property
    def modules(self) -> Mapping[tuple[str, ...], str]:
        """The module of each instance below the top, by the names that lead there; that of no name is the top."""
        return dict(self._walk((), self.top))

    def _walk(self, path: tuple[str, ...], name: str) -> Iterator[tuple[tuple[str, ...], str]]:
        yield path, name
        for instance, cell in self.netlist["modules"][name]["cells"].items():
            if self._inside(cell["type"]):
                yield from self._walk((*path, instance), cell["type"])

    def _inside(self, module: str) -> bool:
        """Whether it is a module of the circuit, no cell of the family."""
        found = self.netlist["modules"].get(module)
        return found is not None and not any("box" in key for key in found["attributes"])

    @cached_property
    def _chosen(self) -> dict[str, dict[str, "_Chosen"]]:
        return {name: chosen(self.netlist["modules"][name], self._inside) for name in set(self.modules.values())}

    def __call__(self, signal: TracedSignal) -> Iterable[BitCount]:
        path = ".".join(signal.scope[CORE:])
        module = self.modules.get(signal.scope[CORE:]) if len(signal.scope) >= CORE else None
        one = self._chosen[module].get(signal.name) if module is not None else None
        if one is None:
            return
        yield from self.counts.bits(part_of(path), "registers", one.registers)
        yield from self.counts.bits(part_of(path), "nets", one.nets)
        for port, mask in one.ports.items():
            yield from self.counts.port(path, port, mask)

    def constants(self) -> None:
        """Count the ports that are open in every cycle."""
        for path, module in self.modules.items():
            for port, count in always_open(self.netlist["modules"][module]).items():
                self.counts.always[".".join(path), port] = count


@dataclass
class _Chosen:
    registers: int = 0
    nets: int = 0
    ports: dict[str, int] = field(default_factory=dict)


def chosen(module: Netlist, inside: Any) -> dict[str, _Chosen]:
    """What is counted of the bits of each name in a module; a bit of several names is counted under the first."""
    found: dict[str, _Chosen] = {}
    used = _used(module)
    places = _places(module)
    for cell in module["cells"].values():
        if inside(cell["type"]):
            continue
        kind = "registers" if cell["type"].startswith(CLOCKED) else "nets"
        for pin, bits in cell["connections"].items():
            for bit in bits if cell["port_directions"][pin] == "output" else ():
                if bit in used and bit in places:
                    name, mask = places[bit]
                    one = found.setdefault(name, _Chosen())
                    setattr(one, kind, getattr(one, kind) | mask)
    for port, bit in opened(module):
        if bit in places:
            name, mask = places[bit]
            ports = found.setdefault(name, _Chosen()).ports
            ports[port] = ports.get(port, 0) | mask
    return found


def _used(module: Netlist) -> set[Any]:
    """Bits that something reads."""
    used = {bit for port in module["ports"].values() if port["direction"] == "output" for bit in port["bits"]}
    for cell in module["cells"].values():
        for pin, bits in cell["connections"].items():
            if cell["port_directions"].get(pin, "input") == "input":
                used.update(bits)
    return used


def _places(module: Netlist) -> dict[Any, tuple[str, int]]:
    """Bit -> a name that has it, and its place there as a mask. Names of the source come first."""
    found: dict[Any, tuple[str, int]] = {}
    for name, net in sorted(module["netnames"].items(), key=lambda each: each[1]["hide_name"]):
        for place, bit in enumerate(net["bits"]):
            if not isinstance(bit, str):
                found.setdefault(bit, (name, 1 << place))
    return found


def opened(module: Netlist) -> Iterator[tuple[str, Any]]:
    """For each block memory the bits that open a port, "reads" or "writes"; "1" where it is always open."""
    used = _used(module)
    for cell in module["cells"].values():
        if not cell["type"].startswith(BLOCKS):
            continue
        pins = cell["connections"]
        for port in _RAMB if cell["type"].startswith("RAMB") else _DP16KD:
            enable = pins.get(port.enable, ["0"])[0]
            if any(bit in used for pin in port.outputs for bit in pins.get(pin, []) if not isinstance(bit, str)):
                yield "reads", enable
            if (write := _writing(port, pins)) != "0" and enable != "0":
                yield "writes", enable if write == "1" else write


def _writing(port: BlockPort, pins: Mapping[str, Any]) -> Any:
    """The bit that says when a port writes. Of an ECP5's wide words that is the lowest of the address, which chooses bytes."""
    first, *bytes_chosen = ([bit for bit in pins.get(pin, []) if bit != "x"] for pin in port.write)
    bits = [bit for bit in first if bit != "0"]
    if not bits or bits[0] != "1":
        return bits[0] if bits else "0"
    chosen = [bit for pin in bytes_chosen for bit in pin if not isinstance(bit, str)]
    return chosen[0] if chosen else "1"


def always_open(module: Netlist) -> dict[str, int]:
    """How many ports of block memories are open in every cycle."""
    found: dict[str, int] = {}
    for port, bit in opened(module):
        if bit == "1":
            found[port] = found.get(port, 0) + 1
    return found
