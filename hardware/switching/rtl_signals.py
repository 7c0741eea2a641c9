"""Which signals of the Verilog in `hardware/rtl` are registers, and which say that a memory is read or written."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.cosim.programs import call, need_yosys
from spikewright.hardware.cosim.watching import Watched

TOP = "sw_watched"

_INSTANCE = re.compile(r"^\s*(sw_\w+)\s+(?=#\(|\w+\s*\()", re.MULTILINE)


@dataclass(frozen=True)
class MemoryPorts:
    """The signals of a module that say when its memory is read and written; "" for a read in every cycle, or no write.
    `written`: relative to the instance, behind the names of blocks."""

    name: str
    read: str = ""
    write: str = ""


PORTS: Mapping[str, MemoryPorts] = {
    "sw_rom": MemoryPorts("rom", "enable", "load"),
    "sw_bank": MemoryPorts("banks", "", "memory.write"),
    "sw_memo": MemoryPorts("memo", "", "store"),
    "sw_held": MemoryPorts("held", "", "keep4"),
    "sw_counts": MemoryPorts("counts", "moves", "changes"),
    "sw_levels": MemoryPorts("blocks", "fetch", "block_valid"),
    "sw_step_delay": MemoryPorts("words", "fetch", "store"),
    "sw_mac_bank": MemoryPorts("banks", "", "write"),
}
"""Module -> the ports of the memory in it, for those that can lie in block memories of a core."""


@cache
def texts() -> Mapping[str, str]:
    """Module -> its text, without comments."""
    return {path.stem: re.sub(r"//.*", "", path.read_text()) for path in modules()}


def registers(watched: Watched) -> dict[str, int]:
    """The registers of a circuit by their names, those of their instances in front, and which bits of them a clock edge sets and
    something reads. Yosys elaborates the Verilog for that, and leaves out what nothing reads; it maps nothing.

    Raises SpikewrightError where yosys is missing.
    """
    yosys = need_yosys()
    with TemporaryDirectory(prefix="spikewright-") as name:
        text, described = Path(name) / "watched.v", Path(name) / "elaborated.json"
        text.write_text(watched.text())
        steps = [f"read_verilog -defer {' '.join(map(str, [text, *modules()]))}", f"hierarchy -top {TOP}", "proc"]
        steps += ["flatten", "opt_expr", "opt_clean", f"write_json {described}"]
        call([yosys, "-q", "-p", "; ".join(steps)], watched.circuit.folder)
        return set_by_clock(json.loads(described.read_text())["modules"][TOP])


def set_by_clock(module: Mapping[str, Any]) -> dict[str, int]:
    """The bits of each name of a flat module that flip-flops set, as masks. Of several names of a bit it is the one that stands
    in the instance of its flip-flop."""
    names: dict[Any, list[tuple[str, int]]] = {}
    for name, net in module["netnames"].items():
        for place, bit in enumerate(net["bits"]):
            names.setdefault(bit, []).append((name, 1 << place))
    found: dict[str, int] = {}
    for cell_name, cell in module["cells"].items():
        instance = cell_name.removeprefix("$flatten").rpartition("$proc")[0].replace("\\", "")
        for bit in cell["connections"]["Q"] if "dff" in cell["type"] else ():
            name, mask = min(names[bit], key=lambda each: (each[0].rpartition(".")[0] + "." != instance, each[0]))
            found[name] = found.get(name, 0) | mask
    return found


@cache
def instances(module: str) -> Mapping[str, str]:
    """Name -> module of the instances that stand in a module of `hardware/rtl`."""
    return dict(_instances(texts().get(module, "")))


def _instances(text: str) -> Iterator[tuple[str, str]]:
    for found in _INSTANCE.finditer(text):
        at = found.end()
        if text.startswith("#(", at):
            at = _closing(text, at + 1)
        name = re.compile(r"\s*(\w+)\s*\(").match(text, at)
        if name:
            yield name[1], found[1]


def _closing(text: str, at: int) -> int:
    """Behind the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place + 1
    return len(text)
