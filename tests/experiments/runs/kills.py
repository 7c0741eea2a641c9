"""Runs whose processes are killed at random moments end with the store of an undisturbed run.

    python -m tests.experiments.runs.kills --runner processes --victim runner     (2,000 cells, ten kills)
    python -m tests.experiments.runs.kills --runner dask --victim scheduler --page      (its figures go to docs/kills.md)

A runner that was killed is started again in the same folder; a worker or a scheduler is replaced while the runner goes on.
Compared with an undisturbed run, sorted by name, byte for byte: the names of all cells, their files, their records without what
they took (`spent`: seconds, memory, time of day, tries; and the digest over it), and the tables of measurements and artefacts.
At each kill it is noted what is stored: all of that must be there at the end as it was, `spent` included, so that nothing that
was finished is lost or made twice. Each cell writes down when it is begun: those begun twice were interrupted by a kill.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright import FolderKind
from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import write_tables
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.running import run
from spikewright.experiments.runs.state import read_states
from tests.experiments.runs.cheap import chain
from tests.experiments.runs.cluster import Cluster

RUNNERS, VICTIMS = ("here", "processes", "dask"), ("runner", "worker", "scheduler")
START = "import sys; from tests.experiments.runs.kills import main_of_a_run; main_of_a_run(*sys.argv[1:])"
KIND = FolderKind("a store of tests")
LOG = "begun.txt"


def main_of_a_run(folder: str, cells: str, kind: str, address: str) -> None:
    """What a process does that may be killed: run so many cells; the exit code is 0 when all are stored."""
    with runner_of(kind, address) as runner:
        state = run(chain(int(cells), steps=20, log=str(Path(folder) / LOG)), Store.claim(folder, KIND), runner)
    for fault in state.faults:
        print(fault["cell"], fault["kind"], fault["said"], file=sys.stderr)
    sys.exit(0 if state.ending == "finished" else 1)


def runner_of(kind: str, address: str) -> Runner:
    """The runner of a name: "here", "processes" (two), or "dask" with the scheduler at `address`."""
    if kind == "dask":
        from spikewright.experiments.runs.runners.dask import DaskRunner

        return DaskRunner(address)
    return HereRunner() if kind == "here" else ProcessRunner(2)


@dataclass
class Killed:
    """A run of `cells` in `folder` whose processes are killed.

    stored: how many cells were finished at each kill; seen: the record of each that was seen finished at one, byte for byte.
    said: what the runs wrote to stderr; that of processes whose runner was killed is no fault.
    """

    folder: Path
    cells: int
    kind: str
    address: str = ""
    starts: int = 0
    stored: list[int] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)

    def go(self, kill: Callable[["subprocess.Popen[bytes]"], None], kills: int, chance: random.Random) -> bool:
        """Run until all is stored, killing at moments that are drawn over the run; False where a run ends incomplete."""
        pause = threading.Event()
        aims = sorted(chance.sample(range(self.cells), kills))
        while True:
            process = self._start()
            while aims and process.poll() is None:
                if self._count() < aims[0]:
                    pause.wait(0.002)
                    continue
                aims.pop(0)
                pause.wait(chance.random() * 0.05)
                self._look()
                kill(process)
            if process.wait() >= 0:  # it was not killed itself
                return process.returncode == 0

    def _start(self) -> "subprocess.Popen[bytes]":
        self.starts += 1
        arguments = [str(self.folder), str(self.cells), self.kind, self.address]
        with (self.folder.parent / "said.txt").open("ab") as said:
            return subprocess.Popen([sys.executable, "-c", START, *arguments], stderr=said)

    def _count(self) -> int:
        place = self.folder / "cells"
        return len(os.listdir(place)) if place.is_dir() else 0

    def _look(self) -> None:
        names = list(Store(self.folder).names())
        self.stored.append(len(names))
        self.seen |= {name: _record(self.folder, name) for name in names if name not in self.seen}

    def lost(self) -> list[str]:
        """Cells that were finished at a kill and are not the same now."""
        return [name for name, record in self.seen.items() if _record(self.folder, name) != record]

    @property
    def seconds(self) -> float:
        """What all runs of the store took by their own records, which are written once a second."""
        return round(sum(state.seconds for state in read_states(self.folder / "runs")), 1)

    def begun(self) -> Counter[str]:
        """How often a cell was begun "new" and how often "again", when it was finished already."""
        return Counter(line.split()[1] for line in (self.folder / LOG).read_text().splitlines())


def _record(folder: Path, name: str) -> bytes:
    path = folder / "cells" / name / RECORD
    return path.read_bytes() if path.is_file() else b""


def kill_child(process: "subprocess.Popen[bytes]", chance: random.Random) -> None:
    """Kill one of the loky processes of a runner."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    workers = [pid for pid in children if b"popen_loky" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    if workers:
        os.kill(int(chance.choice(workers)), 9)


def content(folder: Path) -> dict[str, str]:
    """A digest of all that a store says of each cell and in each table, see above."""
    store = Store.open(folder)
    names = sorted(store.names())
    found = {}
    for name in names:
        record = json.loads(_record(folder, name))
        told = {key: value for key, value in record.items() if key not in ("spent", "digest")}
        files = b"".join((store.cells / name / file).read_bytes() for file in sorted(record["files"]))
        found[name] = sha256(json.dumps(told, sort_keys=True).encode() + files).hexdigest()
    write_tables(store, names)
    for table in ("numbers", "artefacts"):
        found[table] = sha256((store.tables / f"{table}.csv").read_bytes()).hexdigest()
    return found


@dataclass(frozen=True)
class Outcome:
    """What became of a run that was killed.

    stored: how many cells were finished at each kill. starts: how often the runner was started. twice: cells that were begun
    twice, since a kill interrupted them. again: finished cells that were made once more. seconds: of all runs together;
    undisturbed: of the run without kills in one process. wrong: all that should not be.
    """

    cells: int
    runner: str
    victim: str
    stored: list[int]
    starts: int
    twice: int
    again: int
    seconds: float
    undisturbed: float
    wrong: list[str]

    def __str__(self) -> str:
        return (
            f"{self.cells} cells, {self.runner}, kills of the {self.victim}: killed with {self.stored} stored, {self.starts} "
            f"starts, {self.twice} cells begun twice, {self.seconds} s ({self.undisturbed} s undisturbed)"
        )


def killed(place: Path, cells: int, kills: int, kind: str, victim: str, *, seed: int = 0) -> Outcome:
    """Run `cells` undisturbed and killed below `place`, and compare."""
    chance = random.Random(seed)
    calm = Killed(place / "undisturbed", cells, "here")
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster()) if kind == "dask" else None
        seen = Killed(place / "killed", cells, kind, cluster.address if cluster else "")
        ways: dict[str, Callable[[subprocess.Popen[bytes]], None]] = {
            "runner": lambda process: process.kill(),
            "worker": lambda process: cluster.kill_worker(chance) if cluster else kill_child(process, chance),
            "scheduler": lambda process: cluster.kill_scheduler() if cluster else None,
        }
        wrong = [] if seen.go(ways[victim], kills, chance) else ["a run ended incomplete"]
    whole = calm.go(ways["runner"], 0, chance)
    wrong += [] if whole and content(seen.folder) == content(calm.folder) else ["the stores differ"]
    wrong += [f"lost or changed: {name}" for name in seen.lost()]
    begun = seen.begun()
    wrong += [f"{begun['again']} cells were made that were finished"] if begun["again"] else []
    return Outcome(
        cells,
        kind,
        victim,
        seen.stored,
        seen.starts,
        begun["new"] - cells,
        begun["again"],
        seen.seconds,
        calm.seconds,
        wrong,
    )


def main() -> int:
    """The exit code: 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--runner", choices=RUNNERS, default="processes")
    parser.add_argument("--victim", choices=VICTIMS, default="runner")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--page", action="store_true", help="keep the figures in docs/results/kills.json and docs/kills.md"
    )
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        told = killed(Path(folder), options.cells, options.kills, options.runner, options.victim, seed=options.seed)
        if told.wrong:
            print((Path(folder) / "said.txt").read_text()[-3000:], file=sys.stderr)
    print(f"{told}\n" + ("\n".join(told.wrong) or "the stores are equal, nothing finished was lost or made twice"))
    if options.page:
        from tests.experiments.runs.kills_page import keep

        keep(told)
    return 1 if told.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
