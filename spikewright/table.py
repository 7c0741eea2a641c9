"""A small immutable table: rows of plain values under named columns, with units in the names."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spikewright.errors import InvalidInput
from spikewright.files import atomic_path
from spikewright.importing import nearest
from spikewright.kinds import Kind, first_line
from spikewright.markup import html_table

Row = Mapping[str, Any]


@dataclass(frozen=True, repr=False)
class Table:
    """Rows that share columns. Iterates over dictionaries; `table["column"]` is the list of that column's values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Table":
        """A table from dictionaries; columns in order of first sight, missing values are None."""
        rows = list(rows)
        columns = tuple(dict.fromkeys(name for row in rows for name in row))
        return cls(columns, tuple(tuple(row.get(name) for name in columns) for row in rows))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __getitem__(self, column: str) -> list[Any]:
        if column not in self.columns:
            near = nearest(column, self.columns)
            way = f"; try {near}" if near else ""
            raise InvalidInput(f"expected one of the columns {', '.join(self.columns)}, got {column!r}{way}")
        place = self.columns.index(column)
        return [row[place] for row in self.rows]

    def where(self, **equal: Any) -> "Table":
        """The rows whose named columns have these values."""
        wanted = [row for row in self if all(row.get(name) == value for name, value in equal.items())]
        return Table(self.columns, tuple(tuple(row.values()) for row in wanted))

    def to_csv(self, path: str | Path, *, force: bool = False, like: tuple[str, ...] | None = None) -> None:
        """Write comma separated values with a header line, all or nothing.

        Replaces a table of the same columns, or of the columns `like`; raises InvalidFile for another file unless `force`.
        """
        with (
            atomic_path(path, csv_kind(self.columns, like), force=force) as temporary,
            temporary.open("w", newline="") as file,
        ):
            writer = csv.writer(file)
            writer.writerow(self.columns)
            writer.writerows(self.rows)

    def __repr__(self) -> str:
        named = ", ".join((*self.columns[:6], *(["..."] if len(self.columns) > 6 else [])))
        return f"Table(rows: {len(self):,}{f'; columns: {named}' if named else ''})"

    def _repr_html_(self) -> str:
        return html_table(f"{len(self):,} rows", self)

    def __str__(self) -> str:
        cells = [list(self.columns)] + [[_show(value) for value in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        text = io.StringIO()
        for row in cells:
            text.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
        return text.getvalue().rstrip("\n")


def csv_kind(*columns: tuple[str, ...] | None) -> Kind:
    """A CSV table whose header line says one of these `columns`."""
    headers = []
    for names in columns:
        if names is not None:
            text = io.StringIO()
            csv.writer(text, lineterminator="").writerow(names)
            headers.append(text.getvalue().encode())
    return Kind("a table of the same columns", first_line(*headers))


def _show(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)
