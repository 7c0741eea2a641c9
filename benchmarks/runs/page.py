"""docs/runs.md: what was measured, in tables, beside what others say of themselves."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmarks.runs.again import MOST_S
from benchmarks.runs.bounds import ASKED_S, OPENED_S, broken
from benchmarks.runs.overhead import LIMITS_MS

RUNNERS = {"here": "in the process itself", "processes": "processes (loky)", "dask": "Dask, scheduler on this machine"}
INTRODUCTION = """# Runs and stores at scale

Written by `python -m benchmarks.runs`, which measures each figure in a process of its own; do not edit. Numbers and
machine are also in `docs/results/runs.json`. Times are of the processor where it says so, since whatever else a
machine does counts little in them; those on the clock are the least of several runs.
"""
OVERHEAD = """## What a cell costs beside its own work

1,000 cells that do nothing: the time on the clock over the number of cells, when workers have started; what the
driving process and all workers compute for a cell; and what starting takes, the first cells included. A cell is a
folder with a record, written and renamed as a whole under a lock, and a look whether all that it needs is as it was
written.
"""
PEERS = """What others say of their own: a task of Dask's distributed scheduler "suffers about 1ms of overhead", one of its
threaded scheduler roughly 0.2 ms ([distributed](https://distributed.dask.org/en/latest/),
[dask](https://docs.dask.org/en/stable/shared.html)); with Ray speedups are unlikely for tasks of less than ten
milliseconds
([guide](https://docs.ray.io/en/master/ray-observability/user-guides/debug-apps/optimize-performance.html)). These are
tasks that leave nothing on a disk. Of programs that keep files, Snakemake 7.22 was reported to take hours to build
the graph of a million samples, for which a patch came with 7.24 ([issue
2126](https://github.com/snakemake/snakemake/issues/2126)). All of that is what they or their users say, of other
machines; none of it was measured here.
"""
GROWTH = """## Many cells

Studies of 1,000 to 100,000 cells, one of which trains a network that all others read: the study is checked and
expanded, its cells are scheduled, run in one process and stored, tables are written (*run*), and all of it is done
once more with nothing to do (*second run*). Seconds of the processor; memory above what the process held before, in
the second run with all that the first gave. What a study holds is its cells, and 50,000 rows of each table while
tables are written.

![Time and memory against cells](figures/runs-growth.png)
"""
MEMORY = """## Memory of a study

2,001 cells that each load a network and images, copy 8 MB, and run one on the other: in one process, and in two
workers.

![Memory while a study goes on](figures/runs-memory.png)
"""
AGAIN = """## The second run

`spikewright study` once more on a study that is finished, in a fresh process, imports included. Nothing in its folder
is written anew but what was asked (the same bytes). Most of the time is that of loading PyTorch and Numba, with which
the fields of a study are checked.
"""
MILLION = """## A million rows

A study whose cells have a million rows of design points and accuracies under noise: 2,000 rows a cell. Questions are
those of the report, and three of people, on the clock; *open*: from the address to all of the page loaded, in
headless Chromium.
"""


def page(found: Mapping[str, Any]) -> str:
    """The page of what was measured; a part that was not is left out."""
    parts = [INTRODUCTION]
    for name, make in PARTS.items():
        if name in found:
            one = found[name]
            parts += [
                *make(one["rows"]),
                f"Commit {one['commit']}, stores on {one['stores']}, load {one['load']} at the start; {one['machine']}.\n",
            ]
    kept = list(broken(found))
    parts += [f"## Bounds\n\n{BOUNDS}\n", "\n".join(f"- Not kept: {each}" for each in kept) or "All are kept.", ""]
    return "\n".join(parts)


BOUNDS = (
    f"A cell costs less than {LIMITS_MS['here']:.0f} ms here and in processes and {LIMITS_MS['dask']:.0f} ms on Dask; a second "
    f"run takes less than {MOST_S:.0f} s of the processor; questions to a million rows less than {ASKED_S:.0f} s and the page "
    f"less than {OPENED_S:.0f} s; time and memory of a cell do not grow with their number, nor that of a study while it goes on."
)


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([_shown(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "**no**"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _overhead(rows: list[dict[str, Any]]) -> Iterator[str]:
    heads = ("runner", "workers", "ms a cell", "driver, ms of processor", "workers, ms of processor", "start, s")
    names = ("workers", "wall_ms", "driver_ms", "workers_ms", "start_s")
    yield OVERHEAD
    yield _table(heads, ([RUNNERS[row["runner"]], *(row[name] for name in names)] for row in rows))
    yield PEERS


def _growth(rows: list[dict[str, Any]]) -> Iterator[str]:
    heads = (
        "cells",
        "expansion, s",
        "schedule, s",
        "run, s",
        "run, ms a cell",
        "second run, s",
        "memory, MB",
        "KB a cell",
    )
    yield GROWTH
    yield _table(
        heads,
        (
            [row["cells"], *(row[f"{part}_s"] for part in ("expand", "schedule", "run")), 1000 * row["run_s"] / row["cells"],
             row["again_s"], row["run_mb"], 1024 * row["run_mb"] / row["cells"]]
            for row in rows
        ),
    )  # fmt: skip


def _memory(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield MEMORY
    some = [row for workers in (1, 2) for row in _tenths([row for row in rows if row["workers"] == workers])]
    heads = ("processes", "cells stored", "driver, MB", "largest worker, MB")
    yield _table(heads, ([row["workers"], row["stored"], row["driver_mb"], row["worker_mb"] or "-"] for row in some))


def _tenths(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """After a tenth, a half, and all of a study."""
    return [rows[place] for place in (len(rows) // 10, len(rows) // 2, len(rows) - 1)] if rows else []


def _again(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield AGAIN
    heads = ("study", "second run, s on the clock", "s of processor", "before it, s of processor", "left as it was")
    names = ("study", "again_wall_s", "again_s", "first_s", "unchanged")
    yield _table(heads, ([row[name] for name in names] for row in rows))


def _million(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield MILLION
    for row in rows:
        yield _table(("what", "measured"), ([TOLD.get(name, f"{name}, s"), value] for name, value in row.items()))


TOLD = {
    "rows": "rows",
    "write_s": "run and write, s of processor",
    "report_s": "write the report, s of processor",
    "page_kb": "the page, KB",
    "csv_mb": "all CSV files, MB",
    "write_mb": "most memory while running and writing, MB above the start",
    "report_mb": "most memory while reporting, MB above the start",
    "interactive_s": "open: the page answers, s",
    "opened_s": "open: all is loaded, s",
}
PARTS = {"overhead": _overhead, "growth": _growth, "memory": _memory, "again": _again, "million": _million}
