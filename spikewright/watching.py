"""The line that a long call shows of itself: what runs, how far it is, for how long; drawn twice a second, gone at the end."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType
from typing import Protocol

AFTER = 1.0
"""Seconds before it is shown: what is done sooner needs no line."""
EVERY = 0.5


class Stream(Protocol):
    """What the line is written to."""

    def write(self, text: str, /) -> object:
        """Write a text."""

    def flush(self) -> None:
        """Show it."""


class Line:
    """One line on `stream` for the length of a block; `tell` is its progress callback. Threads may tell at the same time."""

    def __init__(self, what: str, stream: Stream) -> None:
        self.what, self.stream = what, stream
        self.stage: tuple[str, int, int] | None = None
        self.began = self.stage_began = monotonic()
        self.length = 0
        self._over, self._lock = threading.Event(), threading.RLock()
        self._clock = threading.Thread(target=self._draw_on, daemon=True)

    def __enter__(self) -> "Line":
        self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._clock.join()
        self._write("")

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Away for the length of the block, in which something else is shown."""
        with self._lock:
            self._write("")
            yield

    def tell(self, stage: str, done: int, total: int) -> None:
        """`spikewright.progress.Progress`."""
        if self.stage is None or self.stage[0] != stage:
            self.stage_began = monotonic()
        self.stage = None if done >= total else (stage, done, total)

    def text(self, now: float) -> str:
        """What the line says at the time `now`."""
        parts = [self.what]
        if self.stage is not None:
            stage, done, total = self.stage
            parts.append(f"{stage} {done:,} of {total:,}")
            if done:
                parts.append(f"about {(now - self.stage_began) * (total - done) / done:,.0f} s left")
        return ", ".join([*parts, f"{now - self.began:,.0f} s"])

    def _draw_on(self) -> None:
        wait = AFTER
        while not self._over.wait(wait):
            wait = EVERY
            with self._lock:
                self._write(self.text(monotonic()))

    def _write(self, text: str) -> None:
        """Put `text` into the place of what was there; notebooks know no other way to erase than blanks."""
        shown = text[: shutil.get_terminal_size().columns - 1]
        if self.length or shown:
            self.stream.write("\r" + shown.ljust(self.length) + ("" if shown else "\r"))
            self.stream.flush()
        self.length = len(shown)
