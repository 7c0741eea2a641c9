"""A calibration on disk: the table of modules, the laws that are fitted to it, and the bands that unseen cores give them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from spikewright.hardware.area.calibrated import Sizes, read_sizes
from spikewright.hardware.area.laws import ModuleLaw
from spikewright.hardware.devices import device
from spikewright.hardware.placement import PlacingRule
from spikewright.hardware.synthesis.tools import available, tool
from tests.calibrate.fitted import MeasuredModule, fitted
from tests.calibrate.inside import inside_factors
from tests.calibrate.stored import rows_of, stored_laws, table_of
from tests.calibrate.unseen import Residual, residuals
from tests.calibrate.verilog import module_digest
from tests.onnx_check.progress import commit_of

FOLDER = Path("hardware/area/calibration")
DEVICE = {"xc7": "xc7a35t", "ecp5": "ecp5-25k"}
"""A device of each family, for the modes of its block memories."""
SEEN_ERROR = {"xc7": 0.2, "ecp5": 0.6}
"""What synthesised modules are off in other circuits, beside the errors of their laws: 1 and 7 % beside 5 and 12 % of the look-up
tables, root mean squares over the modules of the cores that were looked at."""
READ = ("hardware/rtl", "hardware/synthesis", "hardware/area", "tests/calibrate")
COVERED = 0.985
"""The share of unseen cores that a band is made to hold: one of 96 may lie outside, so that 95 of 100 others lie inside."""
VERILOG = "verilog"
"""In a model: module -> digits of the Verilog that those of the table were synthesised from."""
LEAST_CORES = 40
"""Cores from which on KEPT is set on them; of fewer, it stays what it was."""
KEPT = ("lut_band", "ff_band", "inside")
MOST = 1e6
READ_OFF = {
    "sw_core": ModuleLaw({"forked": 1.0, "joined": 1.0}, {}, {}, {"forked": MOST, "joined": MOST}, 0.0, 0.0, 1),
    "sw_delay": ModuleLaw({}, {"registers": 1.0}, {}, {"registers": MOST}, 0.0, 0.0, 1),
    "sw_memory": ModuleLaw({"loaded": 5.0}, {}, {}, {"loaded": 1.0}, 0.05, 0.0, 1),
}
"""Laws that are read off the Verilog."""


@dataclass(frozen=True)
class Calibration:
    """That of a family, in `FOLDER`."""

    family: str

    @property
    def rule(self) -> PlacingRule:
        """Where memories of the family lie."""
        return PlacingRule.for_family(self.family, device(DEVICE[self.family]).block_shapes)

    @property
    def table(self) -> Path:
        """The modules and their sizes."""
        return FOLDER / f"{self.family}.csv"

    @property
    def model(self) -> Path:
        """The laws."""
        return FOLDER / f"{self.family}.json"

    def rows(self) -> list[MeasuredModule]:
        """The modules of the table."""
        return rows_of(self.table.read_text(), self.family, self.rule) if self.table.exists() else []

    def add(self, rows: Sequence[MeasuredModule]) -> None:
        """Put modules, synthesised from the Verilog of now, into the table."""
        before = self.rows()
        new = {row.module for row in rows} - {row.module for row in before}
        self.table.write_text(table_of([*before, *rows]))
        self._sign(new)

    def replace(self, module: str, rows: Sequence[MeasuredModule]) -> None:
        """Put those of one module, all of them, in the place of those that the table has of it."""
        self.table.write_text(table_of([*(row for row in self.rows() if row.module != module), *rows]))
        self._sign({module})

    def earlier(self) -> list[str]:
        """Modules of the table whose Verilog is another one now."""
        signed = self._head().get(VERILOG, {})
        return [name for name in sorted({row.module for row in self.rows()}) if signed.get(name) != module_digest(name)]

    def _sign(self, modules: Iterable[str]) -> None:
        head = self._head()
        signed = head.get(VERILOG, {}) | {module: module_digest(module) for module in modules}
        laws = {name: ModuleLaw.read(law) for name, law in head.pop("laws", {}).items()}
        self.model.write_text(stored_laws(head | {VERILOG: dict(sorted(signed.items()))}, laws))

    def _head(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.model.read_text()) if self.model.exists() else {}
        return found

    def fit(self, results: Sequence[Path]) -> None:
        """Fit the laws to the table; to the unseen cores in all `results` what modules take inside, then the bands; store all."""
        head = self._head()
        signed = head.get(VERILOG, {})
        bands = {"lut_band": 2.0, "ff_band": 2.0, "inside": {}} | {kind: head[kind] for kind in KEPT if kind in head}
        said = tool("yosys").version if available("yosys") else head.get("tool", "")
        head = {"family": self.family, "tool": said, "commit": commit_of(read=READ), "date": str(date.today())}
        head |= {"shapes": self.rule.shapes, "lut_band": 1.0, "ff_band": 1.0}
        head |= {"seen_error": SEEN_ERROR[self.family], VERILOG: signed}
        laws = READ_OFF | fitted(self.rows())
        self.model.write_text(stored_laws(head, laws))
        calibrated, found = self.residuals(*results)
        if len(found) < LEAST_CORES:
            self.model.write_text(stored_laws(head | bands, laws))
            return
        head |= {"inside": inside_factors(results, calibrated)}
        self.model.write_text(stored_laws(head, laws))
        _, found = self.residuals(*results)
        self.model.write_text(stored_laws(head | {f"{kind}_band": _band(found, kind) for kind in ("lut", "ff")}, laws))

    def residuals(self, *results: Path) -> tuple[Sizes, list[Residual]]:
        """The stored laws, and what they say of the cores in all `results`."""
        calibrated = read_sizes(json.loads(self.model.read_text()), self.table.read_text())
        return calibrated, [row for one in results for row in residuals(one, calibrated)]


def _band(found: Sequence[Residual], kind: str) -> float:
    """How many errors wide an interval must be to hold `COVERED` of the cores."""
    needed: list[Any] = []
    for row in found:
        band = getattr(row.area, kind)
        off, half = abs(row.whole[kind] - band.value) - 0.5, band.high - band.value
        needed.append(0.0 if off <= 0 else off / half if half else inf)
    if not needed:
        return 1.0
    reach = float(np.sort(needed)[min(len(needed) - 1, int(np.ceil(COVERED * len(needed))) - 1)])
    return round(min(max(reach, 1.0), 100.0) * 1.05, 3)
