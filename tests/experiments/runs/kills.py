"""Runs that are killed at random moments end with the store of an undisturbed run.

    python -m tests.experiments.runs.kills --cells 2000 --kills 10 --runner processes
    python -m tests.experiments.runs.kills --cells 2000 --kills 10 --runner dask --victim scheduler

Compared are the names of all cells, their files, and their records without what they took (seconds, memory, time of day, tries),
sorted by name, byte for byte; and the rows of all tables but those about the store itself. Every cell also writes a line when
it is made: one that is stored is never made again.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import write_tables

VICTIMS = ("runner", "worker", "scheduler")
RUN = """
import sys
from pathlib import Path
from spikewright import FolderKind
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.running import run
from tests.experiments.runs.cheap import chain
from tests.experiments.runs.kills import runner_of

folder, count, kind, address = sys.argv[1:]
with runner_of(kind, address) as runner:
    state = run(chain(int(count)), Store.claim(folder, FolderKind("a store of tests")), runner)
sys.exit(0 if state.ending == "finished" else 1)
"""
SCHEDULER = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--no-dashboard"]


def runner_of(kind: str, address: str):  # type: ignore[no-untyped-def]
    """The runner of a name: "here", "processes" (two), or "dask" with the scheduler at `address`."""
    if kind == "dask":
        from spikewright.experiments.runs.runners.dask import DaskRunner

        return DaskRunner(address)
    from spikewright.experiments.runs.runners.here import HereRunner
    from spikewright.experiments.runs.runners.processes import ProcessRunner

    return HereRunner() if kind == "here" else ProcessRunner(2)


@dataclass
class Seen:
    """What became of a run that was killed: how often it had to be started, and what was stored at each end."""

    starts: int
    stored: list[int]


@contextmanager
def cluster(port: int, workers: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """A real scheduler and so many worker processes on the loopback address; the scheduler is first in the list."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    address = f"tcp://127.0.0.1:{port}"
    made = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--no-dashboard",
            ],
            **quiet,
        )
    ]  # type: ignore[call-overload]
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-dashboard",
        "--memory-limit",
        "0",
    ]
    made += [subprocess.Popen([*worker, "--name", f"w{n}"], **quiet) for n in range(workers)]  # type: ignore[call-overload]
    try:
        yield made
    finally:
        for process in made:
            process.kill()
        for process in made:
            process.wait()


def killed(folder: Path, cells: int, kind: str, kills: int, seed: int, address: str = "") -> Seen:
    """Run `cells` in `folder`, killing the runner at `kills` moments that are drawn over the length of the run."""
    chance = random.Random(seed)
    seen = Seen(0, [])
    while True:
        process = subprocess.Popen([sys.executable, "-c", RUN, str(folder), str(cells), kind, address])
        seen.starts += 1
        if len(seen.stored) < kills:
            aim = _count(folder) + chance.randint(0, max(1, 2 * cells // (kills + 1)))
            _wait_for(folder, aim, process)
            time.sleep(chance.random() * 0.05)
            process.kill()
            process.wait()
            seen.stored.append(_count(folder))
            continue
        if process.wait() == 0:
            return seen


def _count(folder: Path) -> int:
    place = folder / "cells"
    return len(os.listdir(place)) if place.is_dir() else 0


def _wait_for(folder: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    while _count(folder) < count and process.poll() is None:
        time.sleep(0.005)


def content(folder: Path) -> dict[str, str]:
    """A digest of all that a store says, by cell and by table."""
    store = Store.open(folder)
    names = sorted(store.names())
    found = {}
    for name in names:
        record = json.loads((store.cells / name / RECORD).read_text())
        told = json.dumps(
            {key: value for key, value in record.items() if key not in ("spent", "digest")}, sort_keys=True
        )
        files = b"".join((store.cells / name / file).read_bytes() for file in sorted(record["files"]))
        found[name] = sha256(told.encode() + files).hexdigest()
    write_tables(store, names)
    for table in ("numbers", "artefacts"):
        found[table] = sha256((store.tables / f"{table}.csv").read_bytes()).hexdigest()
    return found


def undisturbed(folder: Path, cells: int) -> dict[str, str]:
    """What a run says that nobody disturbs."""
    subprocess.run([sys.executable, "-c", RUN, str(folder), str(cells), "here", ""], check=True)
    return content(folder)


def main() -> int:
    """The exit code: 0 where both stores are equal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--runner", choices=("here", "processes", "dask"), default="processes")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        wanted = undisturbed(Path(folder) / "undisturbed", options.cells)
        place = Path(folder) / "killed"
        start = time.perf_counter()
        seen = killed(place, options.cells, options.runner, options.kills, options.seed)
        same = content(place) == wanted
        print(
            f"{options.cells} cells, {options.runner}: killed with {seen.stored} cells stored, {seen.starts} starts, "
            f"{time.perf_counter() - start:.0f} s; the stores are {'equal' if same else 'DIFFERENT'}"
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
