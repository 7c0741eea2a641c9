"""What the measured figures are to keep, and which do not."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.runs.again import MOST_S
from benchmarks.runs.overhead import LIMITS_MS

ASKED_S, OPENED_S = 1.0, 2.0
"""The most that a question of the report to a million rows, and opening its page, may take."""
LINEAR = 1.5
"""How much more time a cell may take among 100,000 than among 1,000, and a cell's memory likewise."""
FLAT = 1.1
"""How much more memory a study may hold at its end than after a tenth of it."""


def broken(found: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each bound that a measured figure does not keep."""
    rows = {name: one["rows"] for name, one in found.items()}
    for row in rows.get("overhead", ()):
        if row["wall_ms"] >= LIMITS_MS[row["runner"]]:
            yield f"{row['runner']} with {row['workers']} workers: {row['wall_ms']} ms a cell"
    for row in rows.get("again", ()):
        if row["again_s"] >= MOST_S or not row["unchanged"]:
            yield f"a second run of {row['study']}: {row['again_s']} s, unchanged: {row['unchanged']}"
    for row in rows.get("million", ()):
        asked = {name: value for name, value in row.items() if name.startswith("ask ") and value >= ASKED_S}
        yield from (f"{name}: {value} s" for name, value in asked.items())
        if row.get("opened_s", 0) >= OPENED_S:
            yield f"the page: {row['opened_s']} s"
    yield from _grown(rows.get("growth", ()))
    for workers in (1, 2):
        yield from _filled([row for row in rows.get("memory", ()) if row["workers"] == workers])


def _grown(rows: Any) -> Iterator[str]:
    for name in ("expand_s", "run_s", "again_s", "run_mb") if rows else ():
        few, many = (row[name] / row["cells"] for row in (rows[0], rows[-1]))
        if many > LINEAR * few:
            yield f"{name} of a cell grows {many / few:.2f} times from {rows[0]['cells']} to {rows[-1]['cells']} cells"


def _filled(rows: Any) -> Iterator[str]:
    for name in ("driver_mb", "worker_mb") if rows else ():
        early, late = rows[len(rows) // 10][name], rows[-1][name]
        if late > FLAT * early:
            yield f"{name} grows from {early} to {late} MB over {rows[-1]['stored']} cells"
