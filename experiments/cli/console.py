"""What the terminal shows: bars of progress on stderr, results on stdout."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from spikewright import Progress, silent


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Progress]:
    """A progress callback for the length of the block: bars in a terminal, a line for each stage elsewhere."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield _Bars(bars)
    else:
        yield _Lines()


def _bars() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)


class _Bars:
    """One bar for each stage; a finished stage makes room, the study stays."""

    def __init__(self, bars: Any) -> None:
        self.bars = bars
        self.stages: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self.stages:
            self.stages[stage] = self.bars.add_task(stage, total=total)
        self.bars.update(self.stages[stage], completed=done, total=total)
        if done >= total:
            self.bars.remove_task(self.stages.pop(stage))


class _Lines:
    """A line when a stage begins, and one at each tenth of it."""

    def __init__(self) -> None:
        self.shown: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        tenth = 10 * done // max(1, total)
        if self.shown.get(stage) != tenth:
            self.shown[stage] = tenth
            print(f"{stage}: {done} of {total}", file=sys.stderr, flush=True)
