"""Residuals as tables: a row for each family and group of cores, and a row for each core."""

from collections.abc import Mapping, Sequence

import numpy as np

from spikewright.hardware.area.calibrated import Sizes
from tests.calibrate.unseen import SIZED, Residual

COLUMNS = (
    "cores", "number", "LUT median", "LUT 90th", "LUT worst", "FF median", "FF worst", "blocks exact", "blocks within one",
    "LUT inside", "FF inside", "half an interval of LUT", "cores flat", "flat LUT against kept", "estimate against flat",
)  # fmt: skip


def summary(found: Mapping[str, tuple[Sizes, Sequence[Residual]]], groups: bool = True) -> list[str]:
    """Errors of look-up tables, flip-flops and blocks, and how many lie in intervals: all cores of a family, and `groups`."""
    lines = [f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|"]
    for family, (_, rows) in found.items():
        lines += [
            f"| {family}{name} | {' | '.join(_cells(group))} |"
            for name, group in _groups(rows)[: None if groups else 1]
            if group
        ]
    return lines


def each(rows: Sequence[Residual]) -> list[str]:
    """A row for each core."""
    lines = [
        "| core | seed | LUT | estimate | interval | error | FF error | blocks | outside | flat LUT |",
        "| --- " * 10 + "|",
    ]
    for row in rows:
        band = row.area.lut
        told = (f"{band.value:,.0f}", f"{band.low:,.0f} to {band.high:,.0f}", f"{row.error('lut'):+.1%}")
        rest = (f"{row.error('ff'):+.1%}", f"{row.area.blocks} of {row.whole['blocks']}", f"{row.area.beyond:.0%}")
        flat = f"{row.flat['lut']:,}" if row.flat else "-"
        cells = [row.core.drawer, str(row.core.seed), f"{row.whole['lut']:,}", *told, *rest, flat]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _groups(rows: Sequence[Residual]) -> list[tuple[str, list[Residual]]]:
    return [
        ("", list(rows)),
        (", drawn kinds", [row for row in rows if row.core.drawer not in SIZED]),
        (", real sizes", [row for row in rows if row.core.drawer in SIZED]),
        (", that say `outside`", [row for row in rows if row.area.outside]),
    ]


def _cells(rows: Sequence[Residual]) -> list[str]:
    lut, ff = (np.abs([row.error(kind) for row in rows]) for kind in ("lut", "ff"))
    off = np.abs([row.blocks_off for row in rows])
    inside = [np.mean([row.inside(kind) for row in rows]) for kind in ("lut", "ff")]
    width = np.median([(row.area.lut.high - row.area.lut.value) / row.area.lut.value for row in rows])
    shares = (np.mean(off == 0), np.mean(off <= 1), *inside)
    shown = [f"{value:.1%}" for value in (np.median(lut), np.quantile(lut, 0.9), lut.max(), np.median(ff), ff.max())]
    return [str(len(rows)), *shown, *(f"{share:.0%}" for share in shares), f"{width:.1%}", *_flat(rows)]


def _flat(rows: Sequence[Residual]) -> list[str]:
    """How many were synthesised flat, what that takes beside kept modules, and how far the estimate lies from it."""
    both = [(row, row.flat["lut"]) for row in rows if row.flat]
    if not both:
        return ["0", "-", "-"]
    against = np.median([flat / row.whole["lut"] - 1 for row, flat in both])
    error = np.median([row.area.lut.value / flat - 1 for row, flat in both])
    return [str(len(both)), f"{against:+.1%}", f"{error:+.1%}"]


def flattened(family: str, rows: Sequence[Residual]) -> list[str]:
    """A sentence on what synthesis that dissolves the modules makes of a core; none where no core was synthesised so."""
    both = [(row.flat, row.whole) for row in rows if row.flat]
    if not both:
        return []
    parts = {key: [flat[key] / whole[key] for flat, whole in both if whole[key]] for key in ("lut", "ff")}
    lut, ff = (f"{min(shares):.0%} to {max(shares):.0%}" for shares in parts.values())
    told = (
        f"On {family}, flat synthesis of {len(both)} of these cores takes {lut} of the look-up tables and {ff} of the"
    )
    why = "what is constant or unused beyond the border of a module goes too.\nTools of vendors flatten unless told otherwise."
    return [f"{told}\nflip-flops: {why}\n"]
