"""How a run stands, in words: what is stored, how fast it goes, what is left, what it makes now."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spikewright.experiments.records.layout import is_of_a_cell
from spikewright.experiments.runs.state import RunState

DEAD = "its process has ended without a word; run the same command again: it goes on from what is stored"
ENDED = {
    "killed": DEAD,
    "finished": "finished",
    "incomplete": "ended; some cells have no result",
    "spent": "ended since its budget is spent; run the same command again: it goes on from what is stored",
    "interrupted": "interrupted; run the same command again: it goes on from what is stored",
    "stopped": "ended by an error; run the same command again: it goes on from what is stored",
}


@dataclass(frozen=True)
class Inside:
    """How far one cell is that is being made: `cell` is its stage and name, `stage` what it does, `done` of `total`."""

    cell: str
    stage: str
    done: int
    total: int

    def __str__(self) -> str:
        return f"{self.stage} {self.done:,} of {self.total:,}"


def cells_told(state: RunState) -> str:
    """How many cells have a result, and how many have none."""
    earlier = f", {state.found:,} of them from before" if state.found else ""
    without = f"; {len(state.faults):,} without" if state.faults else ""
    held = f", and {len(state.held):,} that need one of these" if state.held else ""
    return f"{state.stored:,} of {state.cells:,} have a result{earlier}{without}{held}"


def pace_told(state: RunState) -> str:
    """How many cells are made in a time, and how long the rest will take; "not known" before the first."""
    made = state.stored - state.found
    if made <= 0 or state.seconds <= 0:
        return "not known before a cell is finished"
    rate = made / state.seconds
    told = f"{rate:.3g} cells a second" if rate >= 1 else f"{time_told(1 / rate)} a cell"
    left = state.seconds_left
    return f"{told}, {time_told(left)} left" if state.ending == "running" and left else told


def memory_told(state: RunState) -> str:
    """The most memory that a cell took."""
    return f"{state.memory_mb:,.0f} MB at most in one cell"


def ending_told(state: RunState, held: bool) -> str:
    """What became of a run; `held`: whether a process has the lock of its store."""
    if state.ending != "running":
        return ENDED[state.ending]
    if not held:
        return DEAD
    return f"running (process {state.about.get('pid', 'unknown')} on {state.about.get('host', 'an unknown machine')})"


def now_told(state: RunState, work: Path) -> Iterator[str]:
    """What the run waits for; a line for each cell that is being made: for how long, and how far it is where it says so."""
    inside = list(insides(work))
    if state.trouble:
        yield f"waits: {state.trouble}"
    for label, started in dict(state.running).items():
        name = label.partition(" (seed")[0]
        told = [str(each) for each in inside if each.cell == name]
        yield f"{label}, for {time_told(_since(started))}" + (f" ({'; '.join(told)})" if told else "")


def insides(work: Path) -> Iterator[Inside]:
    """How far the cells are that are being made below `work`, in this process or another."""
    for path in sorted(work.glob("*/progress.json")):
        stage, _, name = path.parent.name.rpartition("-")[0].partition("-")
        try:
            told = json.loads(path.read_text())
            if is_of_a_cell(path.parent.name):
                yield Inside(f"{stage} {name}", str(told["stage"]), int(told["done"]), int(told["total"]))
        except (OSError, ValueError, TypeError, KeyError):  # being written, or just finished
            continue


def time_told(seconds: float) -> str:
    """A time for people."""
    if seconds < 1:
        return f"{max(0.0, 1000 * seconds):.0f} ms"
    if seconds < 100:
        return f"{seconds:.3g} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours = round(seconds / 3600)
    return f"{hours} h" if hours < 48 else f"{round(seconds / 86400)} days"


def _since(started: str) -> float:
    """Seconds since a moment; none where the clock has jumped back."""
    try:
        return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(started)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
