"""Tables as files: parquet for programs, CSV for people, both written all or nothing."""

import csv
import json
import logging
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, Kind, MissingTool, Table, atomic_path, check_path
from spikewright.files import beside
from spikewright.optional import require
from spikewright.table import csv_kind

_KEY = b"spikewright"


def write_table(
    table: Table, base: str | Path, provenance: Mapping[str, Any] | None = None, *, force: bool = False
) -> tuple[Path, ...]:
    """Write `base`.parquet and `base`.csv and return their paths; `provenance` goes into the parquet file's metadata.

    Without the package pyarrow the CSV file is written alone, and a warning says so. Tables that were written here before are
    replaced, other files only with `force`. Raises InvalidFile when something else is there or the folder cannot be written;
    neither file is changed then.
    """
    files = table_files(base, None if has_parquet() else table.columns)
    for path, kind in files.items():
        check_path(path, kind, force=force)
    *parquet, text = files
    table.to_csv(text, force=force, like=_columns(beside(base, ".parquet")))
    for path in parquet:
        write_parquet(table, path, provenance, force=force)
    return tuple(files)


def table_files(base: str | Path, columns: tuple[str, ...] | None = None) -> dict[Path, Kind]:
    """The files that `write_table` writes, CSV last; it is ours where the parquet file beside it has its columns, or these."""
    parquet, text = beside(base, ".parquet"), beside(base, ".csv")
    files = {parquet: TABLE_FILE} if has_parquet() else {}
    return {**files, text: csv_kind(_columns(parquet), columns)}


@lru_cache(maxsize=1)
def has_parquet() -> bool:
    """Whether parquet files can be written here; where they cannot, a warning says so, once."""
    try:
        require("pyarrow")
    except MissingTool as error:
        logging.getLogger("spikewright").warning("tables are CSV files alone: %s", error)
        return False
    return True


def _columns(path: Path) -> tuple[str, ...] | None:
    """The columns of a parquet file of ours; None where there is no such file."""
    if not has_parquet():
        return None
    try:
        schema = require("pyarrow.parquet").read_schema(path)
    except (OSError, ValueError):
        return None
    return tuple(schema.names) if _KEY in (schema.metadata or {}) else None


TABLE_FILE = Kind("a table of spikewright", lambda path: _columns(path) is not None)


def write_parquet(
    table: Table, path: str | Path, provenance: Mapping[str, Any] | None = None, *, force: bool = False
) -> None:
    """Write one parquet file. A column takes the type of its values; mixed ones become text.

    A parquet file that was written here is replaced, another file only with `force`; else InvalidFile. Raises MissingTool
    without pyarrow.
    """
    pa, pq = require("pyarrow"), require("pyarrow.parquet")
    from spikewright.experiments.records.columns import column

    made = pa.table({name: column(table[name]) for name in table.columns})
    made = made.replace_schema_metadata({_KEY: json.dumps(provenance or {})})
    with atomic_path(path, TABLE_FILE, force=force) as temporary:
        pq.write_table(made, temporary)


def read_table(path: str | Path) -> Table:
    """Read a parquet or CSV file that `write_table` wrote; CSV values come back as text.

    Raises InvalidFile when it is missing, truncated or no table.
    """
    path = Path(path)
    try:
        return _read_csv(path) if path.suffix == ".csv" else _read_parquet(path)
    except (OSError, ValueError, StopIteration) as error:
        raise InvalidFile(
            f"expected a table at {path}, got: {str(error).splitlines()[0] or 'an empty file'}"
        ) from error


def read_provenance(path: str | Path) -> dict[str, Any]:
    """What `write_table` was given as provenance."""
    pq = require("pyarrow.parquet")
    try:
        values = (pq.read_schema(path).metadata or {}).get(_KEY, b"{}")
    except (OSError, ValueError) as error:
        raise InvalidFile(f"expected a parquet table at {path}, got: {str(error).splitlines()[0]}") from error
    found: dict[str, Any] = json.loads(values)
    return found


def _read_parquet(path: Path) -> Table:
    pq = require("pyarrow.parquet")
    # Through an open file: pyarrow would take a folder of files as one table.
    with path.open("rb") as file:
        read = pq.read_table(file)
    columns = tuple(read.column_names)
    return Table(columns, tuple(zip(*(read[name].to_pylist() for name in columns), strict=True)))


def _read_csv(path: Path) -> Table:
    with path.open(newline="") as file:
        lines = csv.reader(file)
        columns = tuple(next(lines))
        return Table(columns, tuple(tuple(value or None for value in row) for row in lines))
