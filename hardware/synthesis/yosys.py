"""The verb: `synthesise(folder, target) -> Synthesis`, a circuit's folder through Yosys and, if asked, place and route."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spikewright import InvalidInput
from spikewright.hardware.cosim.icarus import modules as rtl_modules
from spikewright.hardware.cosim.programs import call
from spikewright.hardware.synthesis.netlists import modules_of, total
from spikewright.hardware.synthesis.nextpnr import PLACERS, place_netlist
from spikewright.hardware.synthesis.record import Synthesis
from spikewright.hardware.synthesis.targets import SynthesisTarget, target_of
from spikewright.hardware.synthesis.tools import tool

TOP = "sw_core"
MOST_WORDS = 8
"""Words that are left of a long memory without `contents`."""
LONG_BYTES = 40_000


def synthesise(
    folder: str | Path, target: str, *, flat: bool = False, placed: bool = False, contents: bool = True, seed: int = 1
) -> Synthesis:
    """What the circuit in `folder` takes on a family of TARGETS: a core that `export` wrote, or a circuit of `circuit.build`.

    Modules are kept, so that each has its counts; with `flat` all become one. placed: through nextpnr as well, flat, for the
    clock, with this seed. contents: without them long memories are cut to their first words: the same cells, in seconds where a
    megabit takes minutes; such a netlist cannot be simulated.
    Raises InvalidInput for another family or folder, SpikewrightError where a tool is missing, too old, or fails.
    """
    family, source = target_of(target), Path(folder)
    if not any((place / "core.v").is_file() for place in (source, source / "rtl")):
        raise InvalidInput(
            f"expected a circuit with its core.v in {source}, got none; try the folder that hardware.export wrote"
        )
    if placed and target not in PLACERS:
        raise InvalidInput(f"expected a family that is placed and routed ({', '.join(PLACERS)}), got {target!r}")
    with TemporaryDirectory(prefix="spikewright-") as name:
        work = Path(name)
        _copy(source, work, contents)
        result = _through_yosys(work, family, flat)
        if not placed:
            return result
        if not flat:
            _through_yosys(work, family, True)
        return replace(result, placed=place_netlist(work, target, seed))


def script_of(target: SynthesisTarget, flat: bool) -> str:
    """What Yosys is told, in a folder with the circuit and `rtl/`."""
    synth = " ".join(filter(None, (target.synth, target.flat if flat else target.kept, f"-top {TOP}")))
    return f"read_verilog -defer rtl/*.v\nread_verilog core.v\n{synth}\nwrite_json netlist.json\n"


def _through_yosys(work: Path, family: SynthesisTarget, flat: bool) -> Synthesis:
    program, script = tool("yosys"), script_of(family, flat)
    (work / "run.ys").write_text(script)
    call([*program.command, "-q", "-s", "run.ys"], work)
    netlist: Any = json.loads((work / "netlist.json").read_text("utf-8"))
    modules = modules_of(family, netlist, TOP)
    return Synthesis(family.name, program.version, script, flat, modules, total(modules))


def _copy(source: Path, work: Path, contents: bool) -> None:
    """The circuit and the modules, side by side: the tools in a sandbox read relative paths alone."""
    (work / "rtl").mkdir()
    exported = not (source / "core.v").is_file()  # modules of its own in rtl/, and memories in mem/
    for module in sorted((source / "rtl").glob("*.v")) if exported else rtl_modules():
        place = work if module.name == "core.v" else work / "rtl"
        shutil.copyfile(module, place / module.name)
    if not exported:
        shutil.copyfile(source / "core.v", work / "core.v")
    for memory in (source / "mem" if exported else source).glob("*.mem"):
        if contents or memory.stat().st_size <= LONG_BYTES:
            shutil.copyfile(memory, work / memory.name)
        else:
            with memory.open() as lines:
                (work / memory.name).write_text(
                    "".join(line for line, _ in zip(lines, range(MOST_WORDS), strict=False))
                )
