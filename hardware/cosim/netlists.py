"""A circuit as yosys synthesises it, simulated by Icarus with the cells of yosys and models of block memories."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim.block_rams import MODELLED, models
from spikewright.hardware.cosim.icarus import modules, simulate_text
from spikewright.hardware.cosim.programs import call, need_yosys
from spikewright.hardware.cosim.record import MOST_CYCLES, CircuitRun
from spikewright.hardware.cosim.watching import Watched
from spikewright.hardware.synthesis.targets import target_of

CELLS = {"xc7": "xilinx/cells_sim.v", "ecp5": "ecp5/cells_sim.v"}
"""By family of devices where the models of its cells lie in the folder of yosys."""


def run(circuit: Circuit, words: list[int], samples: int, family: str, limit: int = MOST_CYCLES) -> CircuitRun:
    """What the netlist of the circuit in its folder does with an input `words` of `samples` inferences.

    Raises InvalidInput for an unknown family, SpikewrightError where yosys or Icarus is missing, for a cell that there is no
    model for, and where the simulation does not end within `limit` cycles.
    """
    watched = Watched(circuit)
    with TemporaryDirectory(prefix="spikewright-") as name:
        netlist, rams = Path(name) / "netlist.v", Path(name) / "block_rams.v"
        netlist.write_text(synthesised(watched, family))
        rams.write_text(models())
        return simulate_text(watched, [netlist, rams, cells_file(family)], words, samples, limit)


def synthesised(watched: Watched, family: str, described: Path | None = None) -> str:
    """The netlist of `sw_watched` in Verilog, modules kept; block memories have the names of the models.

    `described`: where it is written as JSON too; all nets then have the names there that they have in the Verilog.
    """
    if family not in CELLS:
        raise InvalidInput(f"expected a family out of {', '.join(CELLS)}, got {family!r}")
    target = target_of(family)
    yosys = need_yosys()
    with TemporaryDirectory(prefix="spikewright-") as name:
        text, netlist = Path(name) / "watched.v", Path(name) / "netlist.v"
        text.write_text(watched.text())
        steps = [f"read_verilog -defer {' '.join(map(str, [text, *modules()]))}", "hierarchy -top sw_watched"]
        steps += [f"{target.synth} {target.kept} -top sw_watched"]
        steps += [f"write_json {described}"] if described else []
        steps += [f"chtype -set sw_{cell} t:{cell}" for cell in MODELLED]
        steps.append(f"write_verilog -noattr {'-norename ' if described else ''}{netlist}")
        call([yosys, "-q", "-p", "; ".join(steps)], watched.circuit.folder)
        return checked(netlist.read_text())


def checked(netlist: str) -> str:
    """The same netlist. Raises SpikewrightError where a yosys before YosysHQ/yosys#5833 connected a block memory wrongly: the
    upper parity bits of RAMB36E1 with 72 bits to be written are then copies of the lower ones."""
    for cell in re.findall(r"^  sw_RAMB36E1 #\(.*?^  \);", netlist, re.MULTILINE | re.DOTALL):
        lower, upper = (re.search(rf"\.{pins}\((.*?)\),?$", cell, re.MULTILINE) for pins in ("DIPADIP", "DIPBDIP"))
        if lower is None or upper is None or lower[1] != upper[1] or "WRITE_WIDTH_B(32'd72)" not in cell:
            continue
        if re.search(r"[a-z_\\]", re.sub(r"\d+'[hbd]\w+", "", lower[1])):
            raise SpikewrightError(
                "expected a yosys that writes all parity bits of RAMB36E1 with 72 bits, got one that copies half of them "
                "(YosysHQ/yosys#5833); try a later yosys, or fewer channel lanes"
            )
    return netlist


def cells_file(family: str) -> Path:
    """The models of cells that come with yosys."""
    path = Path(need_yosys()).resolve().parents[1] / "share" / "yosys" / CELLS[family]
    if not path.is_file():
        raise SpikewrightError(f"expected the cells of yosys at {path}, got none; try apt-get install yosys")
    return path


def cells_of(netlist: str) -> dict[str, int]:
    """How often each cell stands in a netlist.

    >>> cells_of("  LUT4 #(\\n  LUT4 a (\\n  DP16KD #(\\n")
    {'LUT4': 2, 'DP16KD': 1}
    """
    found: dict[str, int] = {}
    for name in re.findall(r"^  (\w+) (?:#\($|\w+ \($|\\\S+ +\($)", netlist, re.MULTILINE):
        if name not in ("assign", "module", "wire", "reg"):
            found[name] = found.get(name, 0) + 1
    return found
