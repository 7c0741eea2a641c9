"""A second run of an unchanged study by its command, in a fresh process: the demo, and a study of 2,000 cells.

    python -m benchmarks.runs.again /dev/shm

prints a row for each: seconds on the clock and of the processor, imports included, the least of several runs. Python keeps what
it has compiled in a folder of this measurement, as an installed package does.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runs.empty import SMALL, STAGE

COMMAND = "from spikewright.command import main; import sys; sys.exit(main())"
GRID, REPEATS = 1_000, 3
MOST_S = 3.0
"""The most that a second run may take."""
LARGE = SMALL | {
    "name": "large",
    "stages": [
        {"stage": STAGE, "name": name, "value": [*range(GRID)], "subjects": ["ann"]} for name in ("first", "second")
    ],
}
"""2,001 cells, written as a grid of two stages."""


def measured(place: Path) -> list[dict[str, Any]]:
    """A row for each study: what the first run took, and the second."""
    with TemporaryDirectory(dir=place) as folder:
        base = Path(folder)
        (base / "large.json").write_text(json.dumps(LARGE))
        demo, large = (
            ["demo", "--out", str(base / "demo")],
            ["study", str(base / "large.json"), "--out", str(base / "large")],
        )
        again = ["study", str(base / "demo" / "study.json"), "--out", str(base / "demo")]
        # The demo's report has its checks, that of the study has not: the second run is the one after both.
        return [_row("the demo", base, (demo, again), again), _row("2,001 cells", base, (large,), large)]


def _row(name: str, base: Path, first: tuple[list[str], ...], again: list[str]) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(base / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    made = [_run(arguments, environment)[1] for arguments in first]
    before = content(Path(again[-1]))
    times = [_run(again, environment) for _ in range(REPEATS)]
    same = content(Path(again[-1])) == before
    wall, used = (round(min(column), 2) for column in zip(*times, strict=True))
    return {"study": name, "first_s": round(sum(made), 2), "again_wall_s": wall, "again_s": used, "unchanged": same}


def _run(arguments: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Seconds on the clock and of the processor that a command takes."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments, "--quiet"], check=True, env=environment, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def content(folder: Path) -> dict[str, int]:
    """When each file of a study was written, but for those that say who holds it and what was asked."""
    told = ("run.holder", "run.lock", "tables.lock", "study.json", "provenance.json", ".spikewright")
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in told)
    return {str(path): path.stat().st_mtime_ns for path in files}


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]))))
