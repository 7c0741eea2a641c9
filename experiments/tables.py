"""Tables as files: parquet for programs, CSV for people, both written all or nothing."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, Table, atomic_path

_KEY = b"spikewright"


def write_table(table: Table, base: str | Path, provenance: Mapping[str, Any] | None = None) -> tuple[Path, Path]:
    """Write `base`.parquet and `base`.csv and return both paths; `provenance` goes into the parquet file's metadata.

    Raises InvalidFile when the folder cannot be written.
    """
    base = Path(base)
    parquet, text = base.with_name(base.name + ".parquet"), base.with_name(base.name + ".csv")
    write_parquet(table, parquet, provenance)
    table.to_csv(text)
    return parquet, text


def write_parquet(table: Table, path: str | Path, provenance: Mapping[str, Any] | None = None) -> None:
    """Write one parquet file. A column takes the type of its values; mixed ones become text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = pa.table({name: _column(table[name]) for name in table.columns})
    made = made.replace_schema_metadata({_KEY: json.dumps(provenance or {})})
    with atomic_path(path) as temporary:
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
    import pyarrow.parquet as pq

    try:
        values = (pq.read_schema(path).metadata or {}).get(_KEY, b"{}")
    except (OSError, ValueError) as error:
        raise InvalidFile(f"expected a parquet table at {path}, got: {str(error).splitlines()[0]}") from error
    found: dict[str, Any] = json.loads(values)
    return found


def _column(values: list[Any]) -> Any:
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if len(kinds) > 1:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    return pa.array(values)


def _read_parquet(path: Path) -> Table:
    import pyarrow.parquet as pq

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
