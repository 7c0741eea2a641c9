"""Studies of 1,000 to 100,000 empty cells from end to end: expansion, the run, tables, and a run that finds all stored.

    python -m benchmarks.runs.growth 10000 /dev/shm

prints one row. Time is that of the processor, so that what else the machine does counts little.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runs.empty import STAGE, study_of
from benchmarks.runs.spending import Spending, resident_mb, spending
from spikewright.experiments.runs.schedule import Schedule
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.study import run_study

COUNTS = (1_000, 3_000, 10_000, 30_000, 100_000)


def measured(count: int, place: Path) -> dict[str, Any]:
    """One row: seconds of the processor for each part, and the most memory that this process held in it in MB."""
    run_first(place)
    parts: dict[str, Spending] = {}
    base = resident_mb()
    with spending() as parts["expand"]:
        study = study_of(STAGE, count)
        cells = expand(study)
        keys = {cell.key for cell in cells}
    with spending() as parts["schedule"]:
        schedule = Schedule.of(cells)
        while (cell := schedule.pop(idle=True)) is not None:
            schedule.done(cell.key)
    del cells, schedule
    with TemporaryDirectory(dir=place) as folder:
        with spending() as parts["run"]:
            first = run_study(study, folder)
        with spending() as parts["again"]:
            again = run_study(study, folder)
    right = len(keys) == first.ran == again.state.found and again.ran == 0
    times = {f"{name}_s": round(part.here_s, 3) for name, part in parts.items()}
    most = {f"{name}_mb": round(part.most_mb - base, 1) for name, part in parts.items()}
    return {"cells": count, "right": right, **times, **most, "base_mb": round(base, 1)}


def run_first(place: Path) -> None:
    """Load all that a run loads, so that the measured ones do not pay for it."""
    with TemporaryDirectory(dir=place) as folder:
        run_study(study_of(STAGE, 3), folder)


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), Path(sys.argv[2]))))
