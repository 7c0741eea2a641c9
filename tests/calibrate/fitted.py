"""Laws of all modules, fitted to the modules that were synthesised alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.hardware.area.features.told import Features
from spikewright.hardware.area.fitting import SMALL, relative_error, relative_fit
from spikewright.hardware.area.keys import law_of
from spikewright.hardware.area.laws import ModuleLaw

KINDS = ("lut", "ff", "dsp")
ENOUGH = 12
LEAST = 0.01
"""The least relative error of flip-flops that are counted: the largest one that a kind of modules has."""
FAR = 0.4
"""A relative error beyond which a module is taken for the tool's luck, where there are ENOUGH of its kind."""
RARE = 0.08
"""The share of a kind up to which that is luck; beyond, the law is no better."""
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

    @property
    def law(self) -> str:
        """The name of its law."""
        told = dict(one.split("=", 1) for one in self.key.split(" ")[1:] if "=" in one)
        numbers = {name: int(value) for name, value in told.items() if name.isupper() and value.isdigit()}
        return law_of(self.module, numbers)


def fitted(measured: Iterable[MeasuredModule]) -> dict[str, ModuleLaw]:
    """A law for each module that is there, of some two (`law_of`)."""
    kinds: defaultdict[str, list[MeasuredModule]] = defaultdict(list)
    for one in measured:
        kinds[one.law].append(one)
    return {module: _law(rows) for module, rows in sorted(kinds.items())}


def lucky(rows: Sequence[MeasuredModule]) -> list[bool]:
    """Which modules of a kind came out further from its law than the tool does as a rule: they are neither fitted nor kept.

    The same module is now and then half as large again, by the order in which the tool meets its parts.
    """
    matrix, names = _matrix(rows)
    sizes = np.array([row.cells["lut"] for row in rows], float)
    if len(rows) < ENOUGH:
        return [False] * len(rows)
    used = [not name.startswith(REGISTERS) for name in names]
    found = matrix @ (relative_fit(matrix * used, sizes) * used)
    far = np.abs(found - sizes) / (sizes + SMALL) > FAR
    return [bool(one) for one in far & (far.mean() <= RARE)]


def _matrix(rows: Sequence[MeasuredModule]) -> tuple[Any, list[str]]:
    names = sorted({name for row in rows for name in row.features})
    return np.array([[row.features.get(name, 0.0) for name in names] for row in rows], float).reshape(
        len(rows), -1
    ), names


def _law(rows: list[MeasuredModule]) -> ModuleLaw:
    matrix, names = _matrix(rows)
    read_off = sum(name.startswith(REGISTERS) for name in names)
    found: dict[str, Any] = {}
    for kind in KINDS:
        sizes = np.array([row.cells[kind] for row in rows], float)
        used = matrix * [
            name.startswith(REGISTERS) == (kind == "ff") or (kind == "ff" and not read_off) for name in names
        ]
        exact = read_off == 1 and kind == "ff"
        kept = (
            ~np.array(lucky(rows)) if kind == "lut" else _exact_rows(used, sizes) if exact else np.ones(len(rows), bool)
        )
        costs = relative_fit(used[kept], sizes[kept])
        found[kind] = {name: round(float(cost), 4) for name, cost in zip(names, costs, strict=True) if cost > 5e-5}
        if kind != "dsp":
            error = (
                max(LEAST, round(relative_error(used @ costs, sizes), 4))
                if exact
                else _left_out(used[kept], sizes[kept])
            )
            found[f"{kind}_error"] = error
    most = {name: float(matrix[:, at].max()) for at, name in enumerate(names)}
    return ModuleLaw(**found, most=most, modules=len(rows))


def _exact_rows(matrix: Any, sizes: Any) -> Any:
    """Modules whose flip-flops are those that were read off the Verilog, where most are; else all."""
    plain = matrix.sum(axis=1)
    same = np.abs(plain - sizes) < 0.6
    return same if same.mean() > 0.6 else np.ones(len(sizes), bool)


def _left_out(matrix: Any, sizes: Any, folds: int = 5) -> float:
    """Root mean square of the relative errors of modules that were left out of the fit, a fifth at a time."""
    if len(sizes) < 2 * folds:
        return max(0.05, round(relative_error(matrix @ relative_fit(matrix, sizes), sizes), 4))
    found = np.zeros(len(sizes))
    for fold in range(folds):
        out = np.arange(len(sizes)) % folds == fold
        found[out] = matrix[out] @ relative_fit(matrix[~out], sizes[~out])
    return round(relative_error(found, sizes), 4)
