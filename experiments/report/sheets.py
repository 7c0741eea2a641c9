"""Tables for people: formatted cells, headings in words, units in brackets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from spikewright import Table

HIDDEN = ("seed", "cell", "configuration", "commit", "spikewright", "versions", "threads", "draw", "terms")
"""Columns that every row carries; the report says them once."""
SHEETS = {
    "points": "Points of the search",
    "accuracy": "Accuracy and activity",
    "activity": "Activity by population",
    "diagnosis": "Where each conversion loses, layer by layer",
    "baseline": "The CNN at equal information beside each spiking network",
    "footprint": "Footprint",
    "estimate": "The exported core, layer by layer",
    "costs": "What compression saves on an FPGA",
    "robustness": "Robustness",
    "training": "Training",
}
"""The tables that the report shows as tables, with their titles."""
ELSEWHERE = ("conversion", "hardware", "core", "accuracy_over_steps", "compression", "checks")
"""Tables that are shown in another way: as figures, boxes, corners, or layer by layer."""
MOST = 20
"""Tables of other stages that a page shows."""
UNITS = {"us": "µs", "uj": "µJ", "nj": "nJ", "mhz": "MHz", "mb": "MB"}
SHORT = {"lut": "LUT", "ff": "FF", "dsp": "DSP", "bram36": "BRAM36", "fpga": "FPGA", "asic45": "45 nm"}
"""Abbreviations as people write them."""


@dataclass(frozen=True)
class Sheet:
    """A table of the report: formatted cells, and whether each column is of numbers.

    more: rows that are not shown; `file`: the name of the table that has them, where it is not `name`.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0
    file: str = ""


def shown_sheets(tables: Mapping[str, Table], counts: Mapping[str, int] = {}) -> Iterator[Sheet]:
    """The tables that are shown: the known ones in their order, then those that other stages made, at most `MOST` of these.

    counts: rows of each table, where `tables` has only some of them.
    """
    others = [name for name in tables if name not in SHEETS and name not in ELSEWHERE][:MOST]
    for name in [*(name for name in SHEETS if name in tables), *others]:
        title = SHEETS.get(name, heading(name).capitalize())
        made = sheet(name, title, tables[name])
        yield replace(made, more=max(made.more, counts.get(name, 0) - len(made.rows)))


def sheet(name: str, title: str, table: Table, most: int = 400, hidden: tuple[str, ...] = HIDDEN) -> Sheet:
    """A table for people: `hidden` columns and empty ones left out, at most `most` rows."""
    columns = tuple(c for c in table.columns if c not in hidden and any(value not in (None, "") for value in table[c]))
    values = [[row[column] for column in columns] for row in table][:most]
    numeric = tuple(_numeric([row[place] for row in values]) for place in range(len(columns)))
    rows = tuple(tuple(show(value) for value in row) for row in values)
    return Sheet(name, title, tuple(map(heading, columns)), numeric, rows, max(0, len(table) - most))


def heading(column: str) -> str:
    """A column's name in words, its unit in brackets."""
    words = [SHORT.get(word, word) for word in column.split("_")]
    unit = UNITS.get(words[-1])
    return " ".join(words) if unit is None else f"{' '.join(words[:-1])} ({unit})"


def show(value: Any) -> str:
    """A cell in words: yes and no, four digits, thousands with commas."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        shown = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
        return shown.replace("-", "\N{MINUS SIGN}", 1) if value < 0 else shown
    return str(value)


def _numeric(values: list[Any]) -> bool:
    found = [value for value in values if value is not None]
    return bool(found) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in found)
