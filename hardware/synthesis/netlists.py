"""Cells of a netlist that Yosys wrote as JSON: of each module, and of all that is below the top."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from spikewright.hardware.synthesis.record import CellCounts, SynthesisedModule
from spikewright.hardware.synthesis.targets import SynthesisTarget

Netlist = Mapping[str, Any]


def counts(target: SynthesisTarget, cells: Mapping[str, int]) -> CellCounts:
    """What cells by type come to."""
    memory = sum(count * target.memory_luts.get(kind, 0) for kind, count in cells.items())
    blocks = {kind: cells[kind] for kind in target.blocks if cells.get(kind)}
    return CellCounts(
        lut=memory + sum(count * target.luts.get(kind, 0) for kind, count in cells.items()),
        memory_lut=memory,
        ff=sum(count for kind, count in cells.items() if kind.startswith(target.flip_flops)),
        carry=sum(cells.get(kind, 0) for kind in target.carries),
        dsp=sum(cells.get(kind, 0) for kind in target.dsps),
        small_blocks=sum(target.blocks[kind] * count for kind, count in blocks.items()),
        blocks=blocks,
    )


def modules_of(target: SynthesisTarget, netlist: Netlist, top: str) -> tuple[SynthesisedModule, ...]:
    """The modules at and below `top` by how often they are there."""
    modules = {name: module for name, module in netlist["modules"].items() if not _is_cell(module)}
    numbers: Counter[str] = Counter()
    cells = {name: Counter(cell["type"] for cell in module["cells"].values()) for name, module in modules.items()}
    _visit(cells, top, 1, numbers)
    return tuple(
        SynthesisedModule(_name(name, modules[name]), _parameters(modules[name]), count, counts(target, cells[name]))
        for name, count in sorted(numbers.items())
    )


def total(modules: tuple[SynthesisedModule, ...]) -> CellCounts:
    """All of them together."""
    whole = CellCounts()
    for one in modules:
        for _ in range(one.count):
            whole = whole + one.own
    return whole


def _visit(cells: Mapping[str, Counter[str]], name: str, times: int, numbers: Counter[str]) -> None:
    numbers[name] += times
    for kind, count in cells[name].items():
        if kind in cells:
            _visit(cells, kind, times * count, numbers)


def _is_cell(module: Mapping[str, Any]) -> bool:
    """Whether it is a primitive of the family, which Yosys writes beside the modules of the circuit."""
    return any(key in module["attributes"] for key in ("blackbox", "whitebox", "abc9_box", "lib_whitebox"))


def _name(name: str, module: Mapping[str, Any]) -> str:
    return str(module["attributes"].get("hdlname", name)).lstrip("\\").split("\\")[-1]


def _parameters(module: Mapping[str, Any]) -> dict[str, int | str]:
    return {key: _value(value) for key, value in module.get("parameter_default_values", {}).items()}


def _value(text: str) -> int | str:
    """A parameter: Yosys writes numbers as bits and strings as they are, with a blank behind one that looks like bits."""
    return int(text, 2) if text and set(text) <= {"0", "1"} else text.rstrip(" ")
