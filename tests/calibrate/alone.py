"""Modules synthesised alone, many in one run of Yosys: an instance of each under a top level that keeps them.

What is inside of a module is a black box there, so that only the module itself takes time; its own cells are what they are in a
whole circuit whose modules are kept.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from spikewright.hardware.cosim.icarus import modules as rtl_modules
from spikewright.hardware.cosim.programs import call
from spikewright.hardware.synthesis.netlists import counts
from spikewright.hardware.synthesis.record import CellCounts
from spikewright.hardware.synthesis.targets import SynthesisTarget
from spikewright.hardware.synthesis.tools import tool

_MODULE = re.compile(r"((?:^attribute [^\n]*\n)*)^module ([^\n]+)\n(.*?)^end$", re.MULTILINE | re.DOTALL)
_PORT = re.compile(r"^  wire .*(?:input|output) \d+ .*$")


@dataclass(frozen=True)
class LoneModule:
    """A module and what it is told; names of files are those in the folder of memories."""

    module: str
    parameters: Mapping[str, int | str]


def synthesised_alone(target: SynthesisTarget, wanted: Sequence[LoneModule], memories: Path) -> list[CellCounts]:
    """What each of `wanted` takes of a family, without the modules inside it."""
    with TemporaryDirectory(prefix="spikewright-") as name:
        work = Path(name)
        _write(work, wanted, memories)
        _run(work, "read_verilog -defer rtl/*.v\nread_verilog top.v\nhierarchy -top top\nwrite_rtlil all.il\n")
        text = (work / "all.il").read_text()
        kinds = _kinds(text, len(wanted))
        (work / "some.il").write_text(boxed(text, {"\\top", *kinds}))
        synth = " ".join(filter(None, (target.synth, target.kept, "-top top")))
        _run(work, f"read_rtlil some.il\n{synth}\nwrite_json netlist.json\n")
        netlist = json.loads((work / "netlist.json").read_text())["modules"]
    cells = {key: Counter(cell["type"] for cell in module["cells"].values()) for key, module in netlist.items()}
    found = {cell: kind for cell, kind in _instances(text)}
    return [counts(target, cells[found[f"u{n}"].lstrip("\\")]) for n in range(len(wanted))]


def boxed(text: str, kept: Iterable[str]) -> str:
    """The same design, of which all modules but `kept` have their ports alone."""
    names = set(kept)

    def change(found: "re.Match[str]") -> str:
        if found[2] in names:
            return found[0]
        ports = [line for line in found[3].splitlines() if _PORT.match(line)]
        return "\n".join([f"attribute \\blackbox 1\n{found[1]}module {found[2]}", *ports, "end"])

    return _MODULE.sub(change, text)


def _write(work: Path, wanted: Sequence[LoneModule], memories: Path) -> None:
    (work / "rtl").mkdir()
    for module in rtl_modules():
        copyfile(module, work / "rtl" / module.name)
    lines = ["module top;"]
    for number, one in enumerate(wanted):
        for value in one.parameters.values():
            if isinstance(value, str) and value.endswith(".mem") and not (work / value).exists():
                for file in (memories / value, *memories.glob(f"{value}.*.mem")):
                    copyfile(file, work / file.name)
        told = ", ".join(f".{key}({_literal(value)})" for key, value in one.parameters.items())
        lines += [f"(* keep *) {one.module} #({told}) u{number} ();"]
    (work / "top.v").write_text("\n".join([*lines, "endmodule\n"]))


def _literal(value: int | str) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value) if -(1 << 31) < value < 1 << 31 else f"{value.bit_length()}'d{value}"


def _run(work: Path, script: str) -> None:
    (work / "run.ys").write_text(script)
    call([*tool("yosys").command, "-q", "-s", "run.ys"], work)


def _instances(text: str) -> list[tuple[str, str]]:
    top = next(found[3] for found in _MODULE.finditer(text) if found[2] == "\\top")
    return [(cell, kind) for kind, cell in re.findall(r"^  cell (\S+) \\(u\d+)$", top, re.MULTILINE)]


def _kinds(text: str, count: int) -> set[str]:
    found = _instances(text)
    assert len(found) == count, f"expected {count} instances, got {len(found)}"
    return {kind for _, kind in found}
