"""What runs and stores cost at scale: docs/runs.md, its figures and docs/results/runs.json.

    python -m benchmarks.runs                       all that is measured, each in a process of its own
    python -m benchmarks.runs growth million        these alone; of the others the page keeps what was measured last
    python -m benchmarks.runs page                  the page and its figures, from what was measured last
    python -m benchmarks.runs --folder /dev/shm     where the stores of the measurements lie for their time

Exit status: 0, 1 when a bound of the page is not kept.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from benchmarks.runs.bounds import broken
from benchmarks.runs.figures import draw
from benchmarks.runs.page import page
from spikewright import Kind, atomic_path
from spikewright.experiments.records.provenance import current_commit
from spikewright.kinds import holds

DOCS = Path(__file__).parents[2] / "docs"
MARK = "runs and stores at scale"
RESULTS_FILE = Kind("what was measured of runs", holds(MARK.encode()))
PAGE_FILE = Kind("the page of runs at scale", holds(b"# Runs and stores at scale"))
PAGE = "page"
REPEATS = 3
Rows = list[dict[str, Any]]


def main(given: Sequence[str] | None = None) -> int:
    """Measure what is asked for, keep it, write page and figures; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.runs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=f"out of {', '.join((*MEASURED, PAGE))} (default: all)")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()), help="default: %(default)s")
    options = parser.parse_args(given)
    if unknown := set(options.names) - {*MEASURED, PAGE}:
        parser.error(f"expected names out of {', '.join((*MEASURED, PAGE))}, got {', '.join(sorted(unknown))}")
    path = DOCS / "results" / "runs.json"
    found: dict[str, Any] = json.loads(path.read_text())["measured"] if path.exists() else {}
    for name in options.names or MEASURED:
        if name != PAGE:
            found[name] = {**_about(options.folder), "rows": MEASURED[name](str(options.folder))}
        write(path, found)
    for sentence in broken(found):
        print(sentence, file=sys.stderr)
    return int(any(broken(found)))


def write(path: Path, found: dict[str, Any]) -> None:
    """Keep what was measured, and write figures and page of it."""
    with atomic_path(path, RESULTS_FILE) as temporary:
        temporary.write_text(json.dumps({"about": MARK, "measured": found}, indent=1) + "\n")
    draw(found, DOCS / "figures")
    with atomic_path(DOCS / "runs.md", PAGE_FILE) as temporary:
        temporary.write_text(page(found))


def _about(folder: Path) -> dict[str, Any]:
    """Commit, machine and load under which something is measured, and on which kind of file system its stores lie."""
    from importlib.metadata import version

    from benchmarks.machine import machine
    from benchmarks.runs.browser import version_of_chromium

    packages = ", ".join(f"{name} {version(name)}" for name in ("joblib", "distributed", "duckdb", "pyarrow"))
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    told = f"{machine()}, {packages}, {version_of_chromium()}"
    return {"commit": current_commit(), "machine": told, "load": load, "stores": file_system(folder)}


def file_system(folder: Path) -> str:
    """The kind of the file system that a folder is on, such as "ext4", or "tmpfs" for one in memory; "unknown" beside Linux."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "unknown"
    return max((place, kind) for place, kind in mounts if folder.resolve().is_relative_to(place))[1]


def _process(module: str, *arguments: object) -> Any:
    """What a measurement prints, in a process of its own."""
    told = [sys.executable, "-m", f"benchmarks.runs.{module}", *map(str, arguments)]
    done = subprocess.run(told, check=True, capture_output=True, text=True)
    print(module, *arguments, done.stdout, flush=True)
    return json.loads(done.stdout.splitlines()[-1])


def _overhead(folder: str) -> Rows:
    """Of each runner and number of workers the run of the least time on the clock."""
    asked = [("here", 1), *((kind, workers) for kind in ("processes", "dask") for workers in (1, 2, 4))]
    return [
        min((_process("overhead", *one, 1000, folder) for _ in range(REPEATS)), key=lambda row: row["wall_ms"])
        for one in asked
    ]


def _growth(folder: str) -> Rows:
    from benchmarks.runs.growth import COUNTS

    return [_process("growth", count, folder) for count in COUNTS]


def _memory(folder: str) -> Rows:
    return [*_process("looking", 2001, 1, folder), *_process("looking", 2001, 2, folder)]


MEASURED: dict[str, Callable[[str], Rows]] = {
    "overhead": _overhead,
    "growth": _growth,
    "memory": _memory,
    "again": lambda folder: list(_process("again", folder)),
    "million": lambda folder: [_process("million", 1_000_000, folder)],
}


if __name__ == "__main__":
    raise SystemExit(main())
