"""Finished tables take their place in a store; those of before that are not among them go."""

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from spikewright import FolderKind, Kind, atomic_folder, atomic_path
from spikewright.folders import discard_folder
from spikewright.marker import remembered

TABLE_FOLDER = FolderKind("a table of a study")


def publish(made: Path, tables: Path, names: Iterable[str]) -> None:
    """Move the tables `names` from below `made` to `tables`, and remove all others of before."""
    names = set(names)
    place(made, tables, names)
    _remove_others(tables, names)


def place(made: Path, tables: Path, names: Iterable[str]) -> None:
    """Move the parts of `names` from below `made` to `tables`, with a CSV file beside each."""
    for name in sorted(names):
        with atomic_folder(tables / name, TABLE_FOLDER) as folder:
            for part in sorted((made / name).iterdir()):
                os.replace(part, folder / part.name)
        write_csv(tables / name, tables / f"{name}.csv")


def files_of(tables: Path, names: Iterable[str]) -> Iterator[Path]:
    """The files of published tables: of each its parts, and its CSV file."""
    for name in names:
        yield from sorted((tables / name).glob("part-*.parquet"))
        yield tables / f"{name}.csv"


def write_csv(parts: Path, path: Path) -> None:
    """Write a table from its parts as CSV, with the columns of all parts."""
    files = sorted(parts.glob("part-*.parquet"))
    columns = list(dict.fromkeys(name for file in files for name in pq.read_schema(file).names))
    kind = Kind("a table of a study as CSV", lambda path: False)  # those of this store are remembered
    with atomic_path(path, kind) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in _rows(files):
            writer.writerow(row)


def _rows(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(10_000):
            yield from batch.to_pylist()


def _remove_others(tables: Path, names: set[str]) -> None:
    if not tables.is_dir():
        return
    for path in tables.iterdir():
        if path.stem in names or path.name.startswith("."):
            continue
        if path.is_dir():
            discard_folder(path, TABLE_FOLDER)
        elif path.suffix == ".csv" and remembered(path):
            path.unlink()
