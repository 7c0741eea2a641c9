"""The system ends a process that takes too much memory, for real: its cell is tried again, then told, and the others go on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from spikewright.experiments.runs.state import last_state

GROUPS = Path("/sys/fs/cgroup/memory")
LIMIT = 1_000_000_000
"""Bytes of the runner and its workers together; much more than they need, and less than the greedy cell takes."""
RUN = """
import os, sys
from pathlib import Path
Path(sys.argv[1], "cgroup.procs").write_text(str(os.getpid()))
from spikewright import FolderKind
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.running import run
from tests.experiments.runs.cheap import chain, cheap
with ProcessRunner(2) as runner:
    run([cheap("greedy", fault="greedy"), *chain(6)], Store.claim(sys.argv[2], FolderKind("a store of tests")), runner)
"""


@pytest.fixture
def group() -> Iterator[Path]:
    """A group of processes that may take no more than LIMIT."""
    place = GROUPS / f"spikewright-{os.getpid()}"
    try:
        place.mkdir()
        (place / "memory.limit_in_bytes").write_text(str(LIMIT))
    except OSError:
        pytest.skip("only root may bound the memory of processes, and not everywhere")
    yield place
    _removed(place)


def _removed(place: Path) -> None:
    """Remove a group; helpers of the workers that have not ended yet go to the one above."""
    for _ in range(100):
        for pid in (place / "cgroup.procs").read_text().split():
            with suppress(OSError):
                (GROUPS / "cgroup.procs").write_text(pid)
        with suppress(OSError):
            place.rmdir()
            return
        Event().wait(0.05)
    place.rmdir()


def test_a_cell_that_takes_too_much_memory_ends_as_a_fault_and_the_others_go_on(tmp_path: Path, group: Path) -> None:
    subprocess.run([sys.executable, "-c", RUN, str(group), str(tmp_path)], check=True)
    state = last_state(tmp_path / "runs")
    assert (state.ending, state.stored) == ("incomplete", 6)
    assert [(fault["cell"], fault["kind"]) for fault in state.faults] == [("Cheap greedy", "lost")]
    assert "try fewer workers or more memory" in state.faults[0]["said"]
    tries = {
        json.loads(path.read_text())["name"]: json.loads(path.read_text())["spent"]["tries"]
        for path in tmp_path.glob("cells/*/cell.json")
    }
    assert len(tries) == 6 and max(tries.values()) <= 3
    assert "oom_kill 3" in (group / "memory.oom_control").read_text()
