"""Sizes of modules, and of circuits as their sums, for a family of devices: `sizes("xc7").total(uses, words)`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import Any

from spikewright import InvalidInput
from spikewright.hardware.area.blocks import blocks_of
from spikewright.hardware.area.contents import Words
from spikewright.hardware.area.elaboration.variants import ModuleUse, ModuleVariant
from spikewright.hardware.area.keys import holds_constants, key_of, law_of, table_key
from spikewright.hardware.area.laws import ModuleLaw, features_of
from spikewright.hardware.area.record import MOST_BEYOND, OUTSIDE, CircuitArea, ModuleSize
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.placement import PlacingRule
from spikewright.tables import nearest

Cells = tuple[float, float, float]
"""Look-up tables, flip-flops, multipliers."""
CALIBRATED = ("xc7", "ecp5")
"""Families that were calibrated."""
EXACT = 0.02
"""A law with errors below this is one that was read off the Verilog."""


@dataclass(frozen=True)
class Sizes:
    """A family's laws, and the modules that were synthesised as they are, by their keys (`table_key`).

    lut_band, ff_band: how many errors of the laws the intervals are wide, so that unseen cores lie inside. seen_error: the share
    of its law's error that a module has which was synthesised: the tool makes it larger or smaller in another circuit. inside: by
    the kind of a module, how many times the look-up tables that it takes alone it takes inside of cores, where that was measured.
    """

    family: str
    tool: str
    laws: Mapping[str, ModuleLaw]
    table: Mapping[str, Cells]
    lut_band: float
    ff_band: float
    seen_error: float
    rule: PlacingRule
    inside: Mapping[str, float] = field(default_factory=dict)
    _found: dict[ModuleVariant, ModuleSize] = field(default_factory=dict, repr=False, compare=False)

    def of(self, variant: ModuleVariant, words: Words) -> ModuleSize:
        """One instance; `words` gives what a memory file holds, and is asked for those of small tables alone."""
        constant = holds_constants(variant.module, variant.by_name)
        if constant:
            return self._in_core(variant.module, self._by_law(variant, words))
        if variant not in self._found:
            seen = self.table.get(table_key(key_of(variant.module, variant.by_name), self.family))
            found = self._by_law(variant, words)
            if seen:
                found = _seen(seen, found, self.seen_error)
            self._found[variant] = self._in_core(variant.module, found)
        return self._found[variant]

    def total(self, uses: Iterable[ModuleUse], words: Words) -> CircuitArea:
        """All of them together."""
        all_uses = tuple(uses)
        sizes = [(use, self.of(use.variant, words)) for use in all_uses]
        lut = sum(use.count * size.lut for use, size in sizes)
        seen = sum(use.count * size.lut for use, size in sizes if size.seen)
        beyond = _share(sizes, lut)
        dsp = sum(use.count * size.dsp for use, size in sizes)
        ff = sum(use.count * size.ff for use, size in sizes)
        return CircuitArea(
            _around(lut, self.lut_band * _spread(sizes, "lut")),
            _around(ff, self.ff_band * _spread(sizes, "ff")),
            Interval.exact(dsp),
            blocks_of(all_uses, self.family, self.rule),
            seen / lut if lut else 1.0,
            beyond,
            _said(sizes, beyond) if beyond > MOST_BEYOND else (),
        )

    def _in_core(self, module: str, alone: ModuleSize) -> ModuleSize:
        return replace(alone, lut=alone.lut * self.inside[module]) if module in self.inside else alone

    def _by_law(self, variant: ModuleVariant, words: Words) -> ModuleSize:
        law = self.laws.get(law_of(variant.module, variant.by_name))
        if law is None:
            return ModuleSize(0.0, 0.0, outside=("no such module was synthesised",))
        features = features_of(variant.module, variant.by_name, words, self.family, self.rule)
        beyond = law.beyond(features)
        wider = OUTSIDE if beyond else 1.0
        lut, ff, dsp = (law.cells(kind, features) for kind in ("lut", "ff", "dsp"))
        return ModuleSize(lut, ff, dsp, False, wider * law.lut_error, wider * law.ff_error, beyond)


def _seen(cells: Cells, law: ModuleSize, share: float) -> ModuleSize:
    """What was synthesised; flip-flops by a law that is exact, since keys leave out what look-up tables do not depend on."""
    if law.ff_error < EXACT:
        return ModuleSize(cells[0], law.ff, law.dsp, True, share * law.lut_error, law.ff_error)
    return ModuleSize(*cells, seen=True, lut_error=share * law.lut_error)


def _share(sizes: Sequence[tuple[ModuleUse, ModuleSize]], lut: float) -> float:
    """Of the look-up tables, those of modules beyond what was calibrated; all of them where one has a size that nobody knows."""
    if any(size.outside and not size.lut for _, size in sizes):
        return 1.0
    return sum(use.count * size.lut for use, size in sizes if size.outside) / lut if lut else 0.0


def _said(sizes: Sequence[tuple[ModuleUse, ModuleSize]], beyond: float) -> tuple[str, ...]:
    """The share, and what about which module lies beyond."""
    names = dict.fromkeys(f"{use.module}: {what}" for use, size in sizes for what in size.outside)
    return (f"{beyond:.0%} of the look-up tables belong to modules beyond those that were synthesised", *names)


def _spread(sizes: Iterable[tuple[ModuleUse, ModuleSize]], kind: str) -> float:
    """The error of a sum: modules of a kind err together, those of different kinds do not."""
    kinds: defaultdict[str, float] = defaultdict(float)
    for use, size in sizes:
        kinds[use.module] += use.count * getattr(size, kind) * getattr(size, f"{kind}_error")
    return sqrt(sum(error**2 for error in kinds.values()))


def _around(value: float, half: float) -> Interval:
    return Interval(max(0.0, value - half), value, value + half)


@cache
def sizes(family: str) -> Sizes:
    """The calibration of a family. Raises InvalidInput for one that was not calibrated."""
    if family not in CALIBRATED:
        way = nearest(str(family), CALIBRATED) or CALIBRATED[0]
        raise InvalidInput(f"expected a calibrated family ({', '.join(CALIBRATED)}), got {family!r:.60}; try {way!r}")
    folder = files("spikewright.hardware.area") / "calibration"
    stored = json.loads((folder / f"{family}.json").read_text("utf-8"))
    return read_sizes(stored, (folder / f"{family}.csv").read_text("utf-8"))


def read_sizes(stored: Mapping[str, Any], table: str) -> Sizes:
    """A calibration as `make calibrate` stores it: the laws, and the table of modules."""
    laws = {name: ModuleLaw.read(row) for name, row in stored["laws"].items()}
    shapes = tuple((int(wide), int(deep)) for wide, deep in stored["shapes"])
    rule = PlacingRule.for_family(stored["family"], shapes)
    seen = _means((line.split(",") for line in table.splitlines()[1:]), stored["family"])
    bands = (stored["lut_band"], stored["ff_band"], stored["seen_error"])
    return Sizes(stored["family"], stored["tool"], laws, seen, *bands, rule, stored.get("inside", {}))


def _means(rows: Iterable[Sequence[str]], family: str) -> dict[str, Cells]:
    """The cells of modules by their keys in the table; of several that share one, the mean."""
    found: defaultdict[str, list[Cells]] = defaultdict(list)
    for key, lut, ff, dsp, *_ in rows:
        found[table_key(key, family)].append((float(lut), float(ff), float(dsp)))
    return {key: (_mean(same, 0), _mean(same, 1), _mean(same, 2)) for key, same in found.items()}


def _mean(cells: Sequence[Cells], at: int) -> float:
    return sum(one[at] for one in cells) / len(cells)
