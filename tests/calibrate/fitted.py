"""Laws of all modules, fitted to the modules that were synthesised alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.hardware.area.features.told import Features
from spikewright.hardware.area.fitting import relative_error, relative_fit
from spikewright.hardware.area.laws import ModuleLaw

KINDS = ("lut", "ff", "dsp")
REGISTERS = "registers"
"""Features whose names begin so are for flip-flops alone; where a module has some, these alone are."""


@dataclass(frozen=True)
class MeasuredModule:
    """A module that was synthesised: its key, what its size grows with, and its cells."""

    key: str
    features: Features
    cells: Mapping[str, int]

    @property
    def module(self) -> str:
        """Its name."""
        return self.key.split(" ")[0]


def fitted(measured: Iterable[MeasuredModule]) -> dict[str, ModuleLaw]:
    """A law for each module that is there."""
    kinds: defaultdict[str, list[MeasuredModule]] = defaultdict(list)
    for one in measured:
        kinds[one.module].append(one)
    return {module: _law(rows) for module, rows in sorted(kinds.items())}


def _law(rows: list[MeasuredModule]) -> ModuleLaw:
    names = sorted({name for row in rows for name in row.features})
    matrix = np.array([[row.features.get(name, 0.0) for name in names] for row in rows], float).reshape(len(rows), -1)
    found: dict[str, Any] = {}
    exact = any(name.startswith(REGISTERS) for name in names)
    for kind in KINDS:
        sizes = np.array([row.cells[kind] for row in rows], float)
        used = [name.startswith(REGISTERS) == (kind == "ff") or (kind == "ff" and not exact) for name in names]
        costs = relative_fit(matrix * used, sizes)
        found[kind] = {name: round(float(cost), 4) for name, cost in zip(names, costs, strict=True) if cost > 5e-5}
        if kind != "dsp":
            found[f"{kind}_error"] = _left_out(matrix * used, sizes)
    most = {name: float(matrix[:, at].max()) for at, name in enumerate(names)}
    return ModuleLaw(**found, most=most, modules=len(rows))


def _left_out(matrix: Any, sizes: Any, folds: int = 5) -> float:
    """Root mean square of the relative errors of modules that were left out of the fit, a fifth at a time."""
    if len(sizes) < 2 * folds:
        return max(0.05, round(relative_error(matrix @ relative_fit(matrix, sizes), sizes), 4))
    found = np.zeros(len(sizes))
    for fold in range(folds):
        out = np.arange(len(sizes)) % folds == fold
        found[out] = matrix[out] @ relative_fit(matrix[~out], sizes[~out])
    return round(relative_error(found, sizes), 4)
