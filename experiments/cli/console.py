"""What the terminal shows: a line for what runs and bars of progress on stderr, results on stdout."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO

from spikewright import Progress, silent
from spikewright.progress import telling
from spikewright.watching import Line

_lines: list[Line] = []
"""The line of the command that runs, in a terminal."""


@contextmanager
def waiting(command: str, quiet: bool) -> Iterator[None]:
    """For the length of the block a line in the terminal says what runs, and for how long; none where it is `quiet`."""
    if quiet or not sys.stderr.isatty():
        with telling(silent):
            yield
        return
    with Line(f"spikewright {command}", sys.stderr) as line, telling(line.tell):
        _lines.append(line)
        try:
            yield
        finally:
            _lines.pop()


@contextmanager
def hidden() -> Iterator[None]:
    """The line is away for the length of the block, in which something else is shown."""
    with ExitStack() as stack:
        for line in _lines:
            stack.enter_context(line.hidden())
        yield


def say(text: object = "", file: TextIO | None = None) -> None:
    """Print a text, on stdout unless another `file` is given."""
    with hidden():
        print(text, file=file)


@contextmanager
def progress_bars(quiet: bool) -> Iterator[Progress]:
    """A progress callback for the length of the block: bars in a terminal, a line for each stage elsewhere."""
    with ExitStack() as stack:
        progress: Progress = silent if quiet else _Lines()
        if not quiet and sys.stderr.isatty():
            stack.enter_context(hidden())
            progress = _Bars(stack.enter_context(_bars()))
        stack.enter_context(telling(progress))
        yield progress


def _bars() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    # What is printed meanwhile goes above the bars; in a pipe it stays where it belongs.
    settings: Any = {"console": Console(stderr=True), "transient": True, "redirect_stdout": sys.stdout.isatty()}
    return Progress(*columns, **settings)


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
