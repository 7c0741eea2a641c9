"""What a run is doing: one record, written once a second for whoever asks from another terminal, and kept when it has ended."""

import contextlib
import json
import os
import socket
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from spikewright import InvalidFile

WRITTEN_EVERY_S = 1.0
Ending = Literal["running", "finished", "incomplete", "spent", "interrupted", "stopped", "killed"]
"""What became of a run; "killed": a later run found that it had ended without a word."""


@dataclass
class StageCount:
    """Cells of one stage: how many there are, are `stored`, were `found` stored, and the seconds that those of this run took."""

    cells: int = 0
    stored: int = 0
    seconds: float = 0.0
    found: int = 0

    @property
    def made(self) -> int:
        """How many cells this run has made."""
        return max(0, self.stored - self.found)


@dataclass
class RunState:
    """One run.

    number: what it is called, after the clock at its start. place: which run of its store it is, from 1: clocks may jump.
    cells: how many it has; stored: how many of them are finished, `found` of these by earlier runs.
    running: the label of each cell that is being made and when it was started.
    faults: label, kind and sentence of each cell without a result; held: labels of those that wait for one of them in vain.
    set_aside: cells that were found damaged.
    trouble: what the runner waits for before anything can go on, such as workers; "" where it waits for nothing.
    """

    number: str
    started: str
    about: Mapping[str, Any]
    cells: int = 0
    found: int = 0
    stored: int = 0
    ending: Ending = "running"
    seconds: float = 0.0
    memory_mb: float = 0.0
    running: dict[str, str] = field(default_factory=dict)
    stages: dict[str, StageCount] = field(default_factory=dict)
    faults: list[dict[str, str]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    trouble: str = ""
    place: int = 0
    _begun: float = field(default_factory=time.monotonic, repr=False, compare=False)
    _written: float = field(default=float("-inf"), repr=False, compare=False)

    @classmethod
    def begin(cls, about: Mapping[str, Any], before: Sequence["RunState"] = ()) -> "RunState":
        """A run that starts now, after those `before`; `about` says with what (commit, versions, machine, runner)."""
        now = datetime.now(UTC)
        number = f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        told = {**about, "host": socket.gethostname(), "pid": os.getpid()}
        place = 1 + max((state.place for state in before), default=0)
        return cls(number, now.isoformat(timespec="seconds"), told, place=place)

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far, each cell as long as those of its stage; None before a cell is finished."""
        counts = list(self.stages.values())
        made, missing = self.stored - self.found, self.cells - self.stored
        if made <= 0:
            return None
        worked = sum(count.seconds for count in counts)
        mean = worked / made
        ahead = sum(
            (count.cells - count.stored) * (count.seconds / count.made if count.made else mean) for count in counts
        )
        waiting = max(0, missing - len(self.faults) - len(self.held))
        share = ahead / worked if worked > 0 and missing else missing / made
        return self.seconds * share * waiting / max(1, missing)

    def write(self, folder: Path, *, always: bool = False) -> None:
        """Write the record into `folder`, unless that was done a moment ago. A full disk does not stop the run."""
        now = time.monotonic()
        self.seconds = round(now - self._begun, 1)
        if now - self._written < WRITTEN_EVERY_S and not always:
            return
        self._written = now
        self._put(folder)

    def bury(self, folder: Path) -> None:
        """Write down that this run has been killed, if its record says that it goes on; for who holds the lock of its store."""
        if self.ending == "running":
            self.ending = "killed"
            self.running.clear()
            self._put(folder)

    def _put(self, folder: Path) -> None:
        values = {name: value for name, value in asdict(self).items() if not name.startswith("_")}
        temporary = folder / f".{self.number}.tmp"
        try:
            folder.mkdir(exist_ok=True)
            temporary.write_text(json.dumps(values, indent=1) + "\n")
            os.replace(temporary, folder / f"{self.number}.json")
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def read_states(folder: Path) -> list[RunState]:
    """The runs of a store in the order in which they were begun; what cannot be read is left out."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            values = json.loads(path.read_text())
            stages = {name: StageCount(**count) for name, count in values.pop("stages").items()}
            found.append(RunState(**values, stages=stages))
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            continue
    return sorted(found, key=lambda state: state.place)


def last_state(folder: Path) -> RunState:
    """The newest run of a store. Raises InvalidFile where there is none."""
    found = read_states(folder)
    if not found:
        raise InvalidFile(f"expected a run in {folder.parent}, got none; try `spikewright study` first")
    return found[-1]


def rows_of_runs(states: list[RunState]) -> list[tuple[str, list[dict[str, Any]]]]:
    """All runs of a store as rows of the tables "runs" and "environment"."""
    runs, packages = [], []
    for state in states:
        told = {name: value for name, value in state.about.items() if name != "versions"}
        made = {"cells": state.cells, "found": state.found, "stored": state.stored, "faults": len(state.faults)}
        spent = {"seconds": state.seconds, "memory_mb": state.memory_mb}
        runs.append({"run": state.number, "started": state.started, "ending": state.ending, **made, **spent, **told})
        versions = dict(state.about.get("versions", {}))
        packages += [{"run": state.number, "package": name, "version": found} for name, found in versions.items()]
    return [("runs", runs), ("environment", packages)]
