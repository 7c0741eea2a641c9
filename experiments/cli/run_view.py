"""How a run is shown while it goes on: live in a terminal, a plain line every so often anywhere else.

`spikewright study` shows its own run so, and `spikewright status RUN --watch` that of another terminal.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Table
from spikewright.experiments.cli.console import hidden
from spikewright.experiments.runs.standing import (
    cells_told,
    ending_told,
    memory_told,
    now_told,
    pace_told,
    time_told,
)
from spikewright.progress import telling

if TYPE_CHECKING:
    from spikewright.experiments.runs.state import RunState

FIRST_S, EVERY_S, MOST_S = 2.0, 10.0, 60.0
"""Before the first plain line, then between two of them, twice as long each time, up to a minute."""
REDRAWN_PER_S = 2
MOST_SHOWN = 8
"""Cells at work that are shown one by one."""


class RunView:
    """What is known of a run and of what is done after it: an observer (`view(state)`) and a progress callback (`view.tell`).

    work: the folder of cells at work, where those say how far they are.
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        self.state: RunState | None = None
        self.stage: tuple[str, int, int] | None = None

    def __call__(self, state: "RunState") -> None:
        self.state = state

    def tell(self, stage: str, done: int, total: int) -> None:
        """How far something is that is no cell, such as the report."""
        self.stage = None if done >= total else (stage, done, total)

    def line(self) -> str:
        """All of it in one line, for a log."""
        told = [] if self.state is None else [cells_told(self.state), pace_told(self.state), memory_told(self.state)]
        now = self._now()
        return "; ".join(
            [
                *told,
                *(["now " + ", ".join(now[:3]) + (f", {len(now) - 3} more" if len(now) > 3 else "")] if now else []),
            ]
        )

    def drawing(self) -> Any:
        """All of it for a terminal."""
        from rich.console import Group
        from rich.text import Text

        lines = [] if self.state is None else list(lines_of(self.state, held=True))
        now = self._now()
        lines += [f"now     {each}" for each in now[:MOST_SHOWN]]
        if len(now) > MOST_SHOWN:
            lines.append(f"        and {len(now) - MOST_SHOWN:,} more")
        bars = [] if self.state is None else [_bars(self.state)]
        return Group(Text("\n".join(lines), no_wrap=True, overflow="ellipsis"), *bars)

    def _now(self) -> list[str]:
        running = [] if self.state is None else list(now_told(self.state, self.work))
        return running or ([] if self.stage is None else ["{} {:,} of {:,}".format(*self.stage)])


def lines_of(state: "RunState", *, held: bool) -> Iterator[str]:
    """How a run stands, without what it makes now. `held`: whether a process has the lock of its store."""
    yield f"run     {state.number}, begun {state.started}: {ending_told(state, held)}"
    yield f"cells   {cells_told(state)}"
    yield f"pace    {pace_told(state)}"
    yield f"memory  {memory_told(state)}"


def stages_of(state: "RunState") -> Table:
    """One row for each stage of a run: cells and what is stored of them, seconds of this run, those of one cell."""
    rows = []
    for name, count in dict(state.stages).items():
        each = time_told(count.seconds / count.made) if count.made else ""
        rows.append(
            {"stage": name, "stored": count.stored, "cells": count.cells, "seconds": count.seconds, "each": each}
        )
    return Table.of(rows)


def _bars(state: "RunState") -> Any:
    """A bar for each stage that is not done, and one for all."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table as Laid

    laid = Laid.grid(padding=(0, 1))
    for name, count in dict(state.stages).items():
        each = f"{time_told(count.seconds / count.made)} each" if count.made else ""
        bar = ProgressBar(total=max(1, count.cells), completed=count.stored, width=30)
        laid.add_row(name, bar, f"{count.stored:,} of {count.cells:,}", each)
    laid.add_row(
        "all",
        ProgressBar(total=max(1, state.cells), completed=state.stored, width=30),
        f"{state.stored:,} of {state.cells:,}",
    )
    return laid


@contextmanager
def shown_run(work: Path, quiet: bool) -> Iterator[RunView]:
    """A view that is shown on stderr for the length of the block, unless it is `quiet`; calls inside tell it how far they are."""
    view = RunView(work)
    with ExitStack() as stack:
        stack.enter_context(telling(view.tell))
        if not quiet and sys.stderr.isatty():
            stack.enter_context(hidden())
            stack.enter_context(_live(view))
        elif not quiet:
            stack.enter_context(_logged(view))
        yield view


def _live(view: RunView) -> Any:
    from rich.console import Console
    from rich.live import Live

    # What is printed meanwhile goes above it; in a pipe it stays where it belongs.
    return Live(
        get_renderable=view.drawing, console=Console(stderr=True), refresh_per_second=REDRAWN_PER_S, transient=True,
        redirect_stdout=sys.stdout.isatty(),
    )  # fmt: skip


@contextmanager
def _logged(view: RunView) -> Iterator[None]:
    over = threading.Event()
    clock = threading.Thread(target=log, args=(view.line, over.wait), daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def log(line: Callable[[], str], wait: Callable[[float], bool]) -> None:
    """Write a line with the time, after each wait until one says that it is over; nothing where there is nothing to say."""
    pause = FIRST_S
    while not wait(pause):
        pause = EVERY_S if pause < EVERY_S else min(2 * pause, MOST_S)
        said = line()
        if said:
            sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {said}\n")
            sys.stderr.flush()
