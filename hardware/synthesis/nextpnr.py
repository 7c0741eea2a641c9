"""Place and route with nextpnr: the clock that a netlist reaches, what it uses, and its slowest path."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spikewright import SpikewrightError
from spikewright.hardware.cosim.programs import call
from spikewright.hardware.synthesis.record import PlacedCircuit
from spikewright.hardware.synthesis.tools import tool

WANTED_MHZ = 110
"""The clock that nextpnr aims at."""


@dataclass(frozen=True)
class Placer:
    """The nextpnr of a family and its flags: the largest part, so that a core always fits, and no pads."""

    program: str
    device: str
    flags: tuple[str, ...]


PLACERS: Mapping[str, Placer] = {
    "ecp5": Placer("nextpnr-ecp5", "LFE5UM-85F", ("--um-85k", "--package", "CABGA756", "--out-of-context")),
    "ice40": Placer("nextpnr-ice40", "iCE40HX8K", ("--hx8k", "--package", "ct256", "--pcf-allow-unconstrained")),
}
"""Family -> nextpnr."""


def place_netlist(work: Path, target: str, seed: int = 1) -> PlacedCircuit:
    """Place and route `netlist.json` in the folder `work`.

    Raises SpikewrightError where nextpnr is missing, where the core does not fit the part, or where it has no clock.
    """
    placer = PLACERS[target]
    program = tool(placer.program)
    files = ("--json", "netlist.json", "--report", "report.json")
    flags = (*placer.flags, "--freq", str(WANTED_MHZ), "--seed", str(seed), "--timing-allow-fail", "-q")
    call([*program.command, *files, *flags], work)
    return read_report(json.loads((work / "report.json").read_text("utf-8")), program.version, placer.device)


def read_report(report: Mapping[str, Any], version: str, device: str) -> PlacedCircuit:
    """The report of nextpnr. Raises SpikewrightError where it has no clock."""
    clocks = report.get("fmax", {})
    if not clocks:
        raise SpikewrightError("expected a clock in the report of nextpnr, got none; try a core with registers")
    slowest = min(clocks, key=lambda name: clocks[name]["achieved"])
    used = {kind: entry["used"] for kind, entry in report["utilization"].items() if entry["used"]}
    return PlacedCircuit(version, device, float(clocks[slowest]["achieved"]), used, _path(report, slowest))


def _path(report: Mapping[str, Any], clock: str) -> tuple[tuple[str, float], ...]:
    """The slowest path from register to register of a clock, a step for each wire and each cell."""
    for path in report.get("critical_paths", ()):
        if clock in path["from"] and clock in path["to"]:
            return tuple((f"{s['from']['cell']}.{s['from']['port']}", float(s["delay"])) for s in path["path"])
    return ()
