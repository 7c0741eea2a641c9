"""Cores that no law was fitted to, synthesised whole, beside what the laws say of them."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spikewright import SpikewrightError
from spikewright.hardware.area.calibrated import Sizes
from spikewright.hardware.area.contents import Words
from spikewright.hardware.area.elaboration.variants import ModuleUse, circuit_uses
from spikewright.hardware.area.keys import holds_constants
from spikewright.hardware.area.record import CircuitArea
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.synthesis.record import SynthesisedModule
from spikewright.hardware.synthesis.yosys import synthesise
from tests.calibrate.larger import larger
from tests.calibrate.real_sizes import real_size
from tests.calibrate.verilog import circuit_digest
from tests.validate.drawers import CHOICES, DRAWERS

LARGER, REAL = "larger", "real size"
"""Names of drawers of layers of real sizes; the others are kinds of circuits, `DRAWERS`."""
SIZED = {LARGER: larger, REAL: real_size}


@dataclass(frozen=True)
class UnseenCore:
    """A core by its drawer, seed and choice of lanes."""

    drawer: str
    seed: int
    choice: int

    def circuit(self, folder: Path) -> Circuit:
        """Its circuit in a folder."""
        if self.drawer in SIZED:
            return SIZED[self.drawer](self.seed, folder)
        return next(one for one in DRAWERS if one.name == self.drawer).circuit(self.seed, self.choice, folder)

    def uses(self) -> tuple[tuple[ModuleUse, ...], Words]:
        """Its modules, and the words of the memories that sizes depend on."""
        with TemporaryDirectory(prefix="spikewright-") as name:
            folder = self.circuit(Path(name) / "core").folder
            found = circuit_uses((folder / "core.v").read_text())
            files = {str(use.parameters["FILE"]) for use in found if holds_constants(use.module, use.parameters)}
            words = {file: [int(one, 16) for one in (folder / file).read_text().split()] for file in files if file}
        return found, words.__getitem__

    def verilog(self) -> str:
        """Digits of its Verilog of now, see `circuit_digest`."""
        with TemporaryDirectory(prefix="spikewright-") as name:
            return circuit_digest(self.circuit(Path(name) / "core").folder)

    def synthesised(self, family: str, flat: bool) -> dict[str, Any]:
        """What synthesis makes of it, as a row of the stored results; of a core that breaks the tool what that said."""
        row: dict[str, Any] = {"drawer": self.drawer, "seed": self.seed, "choice": self.choice, "flat": flat}
        with TemporaryDirectory(prefix="spikewright-") as name:
            folder = self.circuit(Path(name) / "core").folder
            row["verilog"] = circuit_digest(folder)
            try:
                found = synthesise(folder, family, flat=flat, contents=self.drawer not in SIZED)
                return {**row, "whole": found.whole.row, **({} if flat else {"inside": look_up_tables(found.modules)})}
            except SpikewrightError as error:
                return {**row, "whole": None, "why": str(error)[-200:]}


def look_up_tables(modules: Iterable[SynthesisedModule]) -> dict[str, int]:
    """Kind of modules -> what all of the kind take inside of a core."""
    found = Counter[str]()
    for one in modules:
        found[one.module] += one.count * one.own.lut
    return dict(sorted(found.items()))


def unseen_cores(seed: int, count: int) -> Iterator[UnseenCore]:
    """The first cores from a seed on: the drawers take turns, and so do the choices of lanes. Fitted ones begin at 5000."""
    for number in range(count):
        turn = number // len(DRAWERS)
        yield UnseenCore(DRAWERS[number % len(DRAWERS)].name, seed + turn, (number + turn) % len(CHOICES))


@dataclass(frozen=True)
class Residual:
    """A core's synthesis beside its estimate."""

    core: UnseenCore
    whole: Mapping[str, int]
    flat: Mapping[str, int] | None
    area: CircuitArea

    def error(self, kind: str) -> float:
        """(estimate - synthesis) / synthesis of `lut` or `ff`."""
        return float(getattr(self.area, kind).value) / self.whole[kind] - 1

    def inside(self, kind: str) -> bool:
        """Whether synthesis lies in the interval; half a cell is given for rounding."""
        band = getattr(self.area, kind)
        return bool(band.low - 0.5 <= self.whole[kind] <= band.high + 0.5)

    @property
    def blocks_off(self) -> int:
        """Block memories that were estimated too many."""
        return self.area.blocks - self.whole["blocks"]


def current(results: Path) -> Iterator[tuple[UnseenCore, dict[str, Any]]]:
    """The cores that were synthesised from the Verilog of now, and what is stored of them."""
    for row in _stored(results):
        core = UnseenCore(*_name(row))
        if row["whole"] and row.get("verilog") == core.verilog():
            yield core, row


def residuals(results: Path, calibrated: Sizes) -> list[Residual]:
    """Of all cores of a family that were synthesised from the Verilog of now."""
    rows = list(current(results))
    flat = {core: row["whole"] for core, row in rows if row["flat"]}
    return [
        Residual(core, row["whole"], flat.get(core), calibrated.total(*core.uses()))
        for core, row in rows
        if not row["flat"]
    ]


def broken(results: Path) -> list[UnseenCore]:
    """The cores of a family on which the tool itself broke."""
    return [UnseenCore(*_name(row)) for row in _stored(results) if not row["whole"]]


def _stored(results: Path) -> list[dict[str, Any]]:
    return json.loads(results.read_text()) if results.exists() else []


def _name(row: Mapping[str, Any]) -> tuple[str, int, int]:
    return row["drawer"], row["seed"], row["choice"]
