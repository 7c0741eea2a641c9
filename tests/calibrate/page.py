"""docs/area.md: how far the areas of unseen cores lie from their synthesis, and what the laws are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from spikewright.hardware.area.calibrated import Sizes
from tests.calibrate.unseen import LARGER, Residual

PAGE = Path("docs/area.md")
WORST = 8
_HEAD = """\
# Area: how far estimates lie from synthesis

`make calibrate` writes this page. The area of a core is the sum of its modules,
`hardware.area.calibrated.sizes(family).total(uses, words)`; `uses` are the modules of a circuit with their parameters,
without a synthesis tool (`hardware/area/elaboration`). A module whose very parameters were synthesised has that size; any
other one has a law: cells for each of a few features of its parameters (bits of words, lanes, banks, counters; for small
read-only memories the functions of the address that they hold), none below zero, fitted to the relative errors of modules
that were synthesised alone. Flip-flops are read off the Verilog, and the fit confirms them. The modules and their sizes are
in `hardware/area/calibration/*.csv`, the laws beside them.

The cores below were **not** in the fit: {small} drawn kinds of circuits at other seeds, and layers of real sizes
("{larger}"), at one lane, drawn lanes and all channels; what they are is in `tests/calibrate/unseen.py`. Synthesis keeps
the modules, as `synthesise(folder, family)` does; flat synthesis of the same cores is the second column. An interval is as
wide as the errors of its laws (root mean squares of modules that were left out of a fit; modules of one kind err together)
times a number that was chosen such that at least 97 of 100 of these cores lie inside; a module beyond all that was
synthesised is named in `outside`, and its error counts three times.

Some sizes are luck: Yosys 0.23 makes the same module now and then half as large again (`sw_levels` on ECP5: 261 or 488
look-up tables with the same parameters), by the order in which it meets its parts. No law can know that; modules that far
from their law are neither fitted nor kept.
"""


def write_page(found: Mapping[str, tuple[Sizes, Sequence[Residual]]], path: Path = PAGE) -> None:
    """Write the page: a row for each family, and its worst cores and modules."""
    lines = [_HEAD.format(small="all", larger=LARGER), "## Unseen cores", "", *summary(found), ""]
    for family, (calibrated, rows) in found.items():
        lines += [f"## {family}: the cores with the largest errors", "", *_worst(rows), ""]
        lines += [
            f"## {family}: the laws of its modules",
            "",
            f"Calibrated with {calibrated.tool}.",
            "",
            *_laws(calibrated),
            "",
        ]
    lines += ["## How to run it again", "", *_AGAIN]
    path.write_text("\n".join(lines) + "\n")


_AGAIN = (
    "`make calibrate` goes on where it was: it synthesises modules that are not yet in the table, then unseen cores, fits the",
    "laws and writes the tables and this page (hours on two processors; `make calibrate ARGS=--quick` minutes, and no page).",
    "`make calibrate ARGS=--fit` synthesises nothing.",
)
COLUMNS = (
    "family", "modules", "cores", "LUT median", "LUT 90th", "LUT worst", "FF median", "FF worst", "blocks exact",
    "blocks within one", "LUT inside", "FF inside", "half an interval of LUT", "cores flat", "flat LUT against kept",
    "estimate against flat, median",
)  # fmt: skip


def summary(found: Mapping[str, tuple[Sizes, Sequence[Residual]]]) -> list[str]:
    """A row for each family: errors of look-up tables, flip-flops and blocks, and how many lie in their intervals."""
    lines = [f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|"]
    for family, (calibrated, rows) in found.items():
        if rows:
            lines.append(
                "| "
                + " | ".join([family, str(sum(law.modules for law in calibrated.laws.values())), *_cells(rows)])
                + " |"
            )
    return lines


def _cells(rows: Sequence[Residual]) -> list[str]:
    lut, ff = (np.abs([row.error(kind) for row in rows]) for kind in ("lut", "ff"))
    off = np.abs([row.blocks_off for row in rows])
    inside = [np.mean([row.inside(kind) for row in rows]) for kind in ("lut", "ff")]
    width = np.median([(row.area.lut.high - row.area.lut.value) / row.area.lut.value for row in rows])
    flat = [row for row in rows if row.flat]
    against = (
        [f"{np.median([row.flat['lut'] / row.whole['lut'] - 1 for row in flat if row.flat]):+.1%}"] if flat else ["-"]
    )
    errors = [abs(row.area.lut.value / row.flat["lut"] - 1) for row in flat if row.flat]
    shown = [f"{value:.1%}" for value in (np.median(lut), np.quantile(lut, 0.9), lut.max(), np.median(ff), ff.max())]
    counts = [
        f"{np.mean(off == 0):.0%}",
        f"{np.mean(off <= 1):.0%}",
        *(f"{share:.0%}" for share in inside),
        f"{width:.1%}",
    ]
    return [str(len(rows)), *shown, *counts, str(len(flat)), *against, f"{np.median(errors):.1%}" if errors else "-"]


def _worst(rows: Sequence[Residual]) -> list[str]:
    lines = ["| core | seed | LUT | estimate | interval | error | FF error | blocks | flat LUT |", "| --- " * 9 + "|"]
    for row in sorted(rows, key=lambda one: -abs(one.error("lut")))[:WORST]:
        band = row.area.lut
        told = (f"{band.value:,.0f}", f"{band.low:,.0f} to {band.high:,.0f}", f"{row.error('lut'):+.1%}")
        rest = (f"{row.error('ff'):+.1%}", f"{row.area.blocks} of {row.whole['blocks']}")
        flat = f"{row.flat['lut']:,}" if row.flat else "-"
        cells = [row.core.drawer, str(row.core.seed), f"{row.whole['lut']:,}", *told, *rest, flat]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _laws(calibrated: Sizes) -> list[str]:
    lines = ["| module | synthesised | LUT error | FF error | costs most |", "| --- " * 5 + "|"]
    for name, law in calibrated.laws.items():
        most = sorted(law.lut, key=lambda feature: -law.lut[feature] * law.most.get(feature, 0))[:4]
        told = ", ".join(f"{law.lut[feature]:.2g} x {feature}" for feature in most)
        lines.append(f"| {name} | {law.modules} | {law.lut_error:.1%} | {law.ff_error:.1%} | {told} |")
    return lines
