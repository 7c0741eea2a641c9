"""The rows of finished cells as tables: Parquet in parts, and CSV beside it, both written anew from the cells.

tables/accuracy/part-0000.parquet    readable by pandas, pyarrow, polars and DuckDB as one table
tables/accuracy.csv
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from spikewright import InvalidFile, Table
from spikewright.experiments.records.columns import column
from spikewright.experiments.records.freshness import MadeFiles, written_ns
from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.records.publishing import files_of, place, publish
from spikewright.experiments.records.record import Record
from spikewright.experiments.records.store import Store
from spikewright.files import writing

PART_ROWS = 50_000
"""Rows that are held in memory before they are written as one part."""
SCHEMA_VERSION = 2
Row = dict[str, Any]


class TableWriter:
    """Rows by table, written in parts as soon as there are enough of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.waiting: dict[str, list[Row]] = {}
        self.parts: dict[str, int] = {}

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Rows for a table, behind those of before."""
        waiting = self.waiting.setdefault(table, [])
        waiting.extend(rows)
        if len(waiting) >= PART_ROWS:
            self._write(table)

    def finish(self) -> tuple[str, ...]:
        """Write what waits; returns the names of all tables."""
        for table in list(self.waiting):
            self._write(table)
        return tuple(self.parts)

    def _write(self, table: str) -> None:
        rows = Table.of(self.waiting.pop(table))
        if not len(rows):
            return
        number = self.parts.get(table, 0)
        place = self.folder / table
        place.mkdir(exist_ok=True)
        made = pa.table({name: column(rows[name]) for name in rows.columns})
        made = made.replace_schema_metadata({b"spikewright": str(SCHEMA_VERSION).encode()})
        pq.write_table(made, place / f"part-{number:04d}.parquet")
        self.parts[table] = number + 1


@contextmanager
def _scratch(store: Store) -> Iterator[Path]:
    """A folder beside the cells at work, gone after the block; what a killed process left of one goes first.

    One process at a time; others wait. Raises InvalidFile where nothing can be written.
    """
    folder = store.work / "tables"
    with writing(store.tables, folder):
        store.work.mkdir(exist_ok=True)
        with FileLock(store.folder / "tables.lock"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)


def rows_of(record: Record) -> Iterator[tuple[str, list[Row]]]:
    """The rows of a cell by table, each with the cell, its seed and where that came from; and the cell's own row."""
    origin = record.origin.columns()
    told = {"seed": record.seed, "cell": record.key, **{name: origin[name] for name in ORIGIN}}
    for name, rows in record.rows.items():
        yield name, [{**row, **told} for row in rows]
    about = {
        "cell": record.key,
        "stage": record.stage,
        "name": record.name,
        "seed": record.seed,
        "version": record.version,
    }
    spent = {"seconds": record.spent.seconds, "memory_mb": record.spent.memory_mb, "started": record.spent.started}
    made = {name: origin[name] for name in ORIGIN} | {"machine": record.origin.machine}
    yield "cells", [{**about, **made, **spent, "tries": record.spent.tries, "files": len(record.files)}]
    yield "artefacts", [{"cell": record.key, "file": name, "sha256": digest} for name, digest in record.files.items()]


ORIGIN = ("commit", "spikewright", "versions", "threads")


def read_parts(folder: Path) -> Table:
    """A table from its parts. Raises InvalidFile where there is none, or a part is damaged."""
    parts = sorted(folder.glob("part-*.parquet"))
    if not parts:
        raise InvalidFile(f"expected a table in {folder}, got none; try `spikewright study` again")
    try:
        return Table.of(row for part in parts for row in pq.ParquetFile(part).read().to_pylist())
    except (OSError, ValueError) as error:
        raise InvalidFile(
            f"expected a table in {folder}, got: {str(error).splitlines()[0]}; try `spikewright study` again"
        ) from error


def write_tables(store: Store, names: Iterable[str], more: Iterable[tuple[str, list[Row]]] = ()) -> tuple[str, ...]:
    """Write the tables of the finished cells `names`, in this order, and of `more` rows; returns the names of the tables.

    Tables of earlier runs that are not written now are removed; those that are up to date stay. Only one cell and one part are
    held in memory.
    """
    names, more = list(names), list(more)
    kept, of = MadeFiles(store.folder, "tables"), [list(_cells(store, names)), more]
    if not kept.is_made_of(of):
        kept.begin()
        with _scratch(store) as temporary:
            writer = TableWriter(temporary)
            for name in names:
                for table, rows in rows_of(store.read(name)):
                    writer.add(table, rows)
            for table, rows in more:
                writer.add(table, rows)
            made = writer.finish()
            publish(temporary, store.tables, made)
        kept.keep(of, files_of(store.tables, made))
    return tuple(Path(name).stem for name in kept.files if name.endswith(".csv"))


def _cells(store: Store, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each cell's name, and when its record was written."""
    return ((name, written_ns(store.cells / name / RECORD)) for name in names)


def write_rows(store: Store, name: str, rows: list[Row]) -> None:
    """Write one more table of a store, in place of the one of that name."""
    with _scratch(store) as temporary:
        writer = TableWriter(temporary)
        writer.add(name, rows)
        place(temporary, store.tables, writer.finish())
