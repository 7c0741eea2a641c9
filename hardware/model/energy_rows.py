"""Tables of energies as CSV: a component and an action a row, the picojoule low, middle and high, and where they are from."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from spikewright import InvalidFile
from spikewright.hardware.model.interval import Interval

MOST_BYTES = 2**20
_NUMBERS = ("low_pj", "pj", "high_pj")


@dataclass(frozen=True)
class EnergyRow:
    """A line of a table: the words and whole numbers of its first columns, its picojoule, and their source."""

    key: tuple[str | int, ...]
    picojoule: Interval
    source: str


def read_rows(path: str | Path, words: Sequence[str], wholes: Sequence[str] = ()) -> Iterator[EnergyRow]:
    """The rows of a CSV with the columns `words`, `wholes` (numbers above 0), low_pj, pj, high_pj and source, in any order.

    Raises InvalidFile, with the line, for a file that cannot be read, other columns, what is no number, and bounds that are not
    0 <= low <= middle <= high.
    """
    columns = (*words, *wholes, *_NUMBERS, "source")
    lines = csv.DictReader(_text(path).splitlines())
    if sorted(lines.fieldnames or ()) != sorted(columns):
        found = ", ".join(lines.fieldnames or ()) or "none"
        raise InvalidFile(
            f"expected the columns {', '.join(columns)} in {path}, got {found:.200}; try to name them in its first line"
        )
    for number, row in enumerate(lines, start=2):
        yield _row(row, words, wholes, f"line {number} of {path}")


def _text(path: str | Path) -> str:
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise InvalidFile(f"expected a table of energies of at most {MOST_BYTES} bytes in {path}, got a larger one")
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(f"expected a table of energies as CSV in {path}, got: {error}; see docs/energy.md") from error


def _row(row: Mapping[str, str | None], words: Sequence[str], wholes: Sequence[str], where: str) -> EnergyRow:
    if None in row.values() or None in row:
        raise InvalidFile(
            f"expected {len(row)} values in {where}, got another number; try to quote a source with commas"
        )
    low, middle, high = (_number(str(row[name]), name, where) for name in _NUMBERS)
    if not 0 <= low <= middle <= high:
        raise InvalidFile(f"expected 0 <= low_pj <= pj <= high_pj in {where}, got {low:g}, {middle:g}, {high:g}")
    key: list[str | int] = [str(row[name]).strip() for name in words]
    key += [_whole(str(row[name]), name, where) for name in wholes]
    return EnergyRow(tuple(key), Interval(low, middle, high), str(row["source"]))


def _number(text: str, name: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise InvalidFile(f"expected a number as {name} in {where}, got {text!r:.40}; try 1.5")
    return value


def _whole(text: str, name: str, where: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise InvalidFile(f"expected a whole number above 0 as {name} in {where}, got {text!r:.40}; try 64")
    return int(text)
