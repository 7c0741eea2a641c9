"""What a cell costs beside its own work: on each runner with 1, 2 and 4 workers.

    python -m benchmarks.runs.overhead dask 2 1000 /dev/shm

prints one row. Workers have made cells before the clock starts: what starting them takes is told apart.
"""

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runs.empty import empty_cells
from benchmarks.runs.spending import spending
from spikewright import FolderKind
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.running import run

KIND = FolderKind("a store of benchmarks")
RUNNERS = ("here", "processes", "dask")
LIMITS_MS = {"here": 20.0, "processes": 20.0, "dask": 50.0}
"""The most that a cell may cost on each runner."""


def runner_of(kind: str, workers: int) -> Runner:
    """The runner of a name; Dask with a scheduler and workers of its own on this machine."""
    if kind == "dask":
        from spikewright.experiments.runs.runners.dask import DaskRunner

        return DaskRunner(workers=workers)
    return HereRunner() if kind == "here" else ProcessRunner(workers)


def measured(kind: str, workers: int, count: int, place: Path) -> dict[str, Any]:
    """One row: milliseconds for each of `count` cells, on the clock, of the driving process and of the workers."""
    with TemporaryDirectory(dir=place) as folder:
        start = time.perf_counter()
        with runner_of(kind, workers) as runner:
            run(empty_cells(8 * workers), Store.claim(Path(folder) / "first", KIND), runner)
            started = time.perf_counter() - start
            with spending() as spent:
                state = run(empty_cells(count), Store.claim(Path(folder) / "cells", KIND), runner)
    each = {"wall_ms": spent.wall_s, "driver_ms": spent.here_s, "workers_ms": spent.workers_s}
    told = {"runner": kind, "workers": workers, "cells": state.stored, "start_s": round(started, 2)}
    return told | {name: round(1000 * seconds / count, 2) for name, seconds in each.items()}


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))))
