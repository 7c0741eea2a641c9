"""What a point is worth: numbers out of the rows of its cells."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from statistics import fmean
from typing import Any

from spikewright import InvalidInput
from spikewright.experiments.exploring.points import Measured
from spikewright.experiments.exploring.section import MeasurePart
from spikewright.experiments.records.record import Record
from spikewright.tables import nearest

Row = Mapping[str, Any]
SUBJECTS = ("network", "model")
"""Columns that say which model or network a row is about."""
CHOSEN = "chosen"
"""Says of a design whether it became the core."""
REDUCED = {"sum": sum, "mean": fmean, "min": min, "max": max, "last": itemgetter(-1)}


def measured(name: str, part: MeasurePart, seeds: Sequence[Sequence[Record]], names: Mapping[str, str]) -> Measured:
    """The measure `name` of a point; the mean over seeds of values and of the ends of their intervals.

    seeds: the finished cells of the point for each seed of the study. names: of its model and networks by those of their parts,
    the end of the chain first. Raises InvalidInput where the rows do not say one number.
    """
    found = [_of_seed(part.column or name, part, records, names) for records in seeds]
    values, lows, highs = zip(*((each.value, each.low, each.high) for each in found), strict=True)
    return Measured(sum(values) / len(values), _mean(lows), _mean(highs))


def _mean(ends: Sequence[float | None]) -> float | None:
    known = [end for end in ends if end is not None]
    return sum(known) / len(known) if len(known) == len(ends) else None


def _of_seed(column: str, part: MeasurePart, records: Sequence[Record], names: Mapping[str, str]) -> Measured:
    table, column, every = _table(column, records)
    rows = _about([row for row in every if all(row.get(at) == value for at, value in part.where.items())], part, names)
    if len(rows) > 1 and any(CHOSEN in row for row in rows):
        rows = [row for row in rows if row.get(CHOSEN)]
    if not rows or (len(rows) > 1 and part.take == "one"):
        way = "where: {column: value}, or take: mean" if rows else "another where or of"
        raise InvalidInput(f"expected one row of {table} for {column}, got {len(rows) or 'none'}; try {way}")
    return _reduced([_interval(row, column, table) for row in rows], part.take)


def _table(column: str, records: Iterable[Record]) -> tuple[str, str, list[Row]]:
    """The table of a column, the first that has it unless it is named, the column's name alone, and all rows."""
    asked, _, short = column.rpartition(".")
    rows: dict[str, list[Row]] = {}
    for record in records:
        for table, made in record.rows.items():
            rows.setdefault(table, []).extend(made)
    for table, found in rows.items():
        if asked in ("", table) and any(short in row for row in found):
            return table, short, [row for row in found if short in row]
    known = [
        f"{table}.{name}" for table, found in rows.items() for name in dict.fromkeys(n for row in found for n in row)
    ]
    raise InvalidInput(
        f"expected a column of the tables of the study, got {column!r}; try {nearest(column, known) or 'another'}"
    )


def _about(rows: list[Row], part: MeasurePart, names: Mapping[str, str]) -> list[Row]:
    """The rows of one model or network; all, where rows are about none."""
    subject = next((each for each in SUBJECTS if rows and each in rows[0]), None)
    if subject is None:
        return rows
    for name in names.values() if part.of is None else [names.get(part.of, part.of)]:
        found = [row for row in rows if row[subject] == name]
        if found:
            return found
    return []


def _interval(row: Row, column: str, table: str) -> Measured:
    value = row[column]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(f"expected a number in {table}.{column}, got {value!r:.40}; try another column")
    ends = [row.get(f"{column}_{end}", row.get(end) if column == "accuracy" else None) for end in ("low", "high")]
    return Measured(float(value), *(None if end is None else float(end) for end in ends))


def _reduced(found: list[Measured], take: str) -> Measured:
    if take == "one":
        return found[0]
    reduce: Any = REDUCED[take]
    columns = zip(*((each.value, each.low, each.high) for each in found), strict=True)
    value, low, high = (None if None in column else float(reduce(list(column))) for column in columns)
    assert value is not None
    return Measured(value, low, high)
