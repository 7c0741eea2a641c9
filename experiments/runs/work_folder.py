"""Where a cell is made: its own folder below `work`, with a checkpoint that stays after a kill.

work/STAGE-NAME-KEY/
  checkpoint/        what the stage writes to go on from; gone once the cell is finished
  progress.json      how far it is
  lock               held by the one process that makes the cell
  made-HOST-PID-.../ its files, until they take their place in the store
"""

import json
import os
import shutil
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from spikewright import InvalidFile

TOLD_EVERY_S = 1.0
OLDEST_S = 7 * 86400
"""Leftovers of other machines, whose processes cannot be looked at, are removed after a week."""


@dataclass
class WorkFolder:
    """The folder in which one cell is made. `made` takes its files, `checkpoint` what it needs to go on after a kill."""

    folder: Path
    made: Path
    _told: float = field(default=0.0, repr=False)

    @property
    def checkpoint(self) -> Path:
        """The folder of the checkpoint; the stage makes it when it has something to keep."""
        return self.folder / "checkpoint"

    def tell(self, stage: str, done: int, total: int) -> None:
        """Write down how far the cell is, at most once a second: a progress callback."""
        now = time.monotonic()
        if now - self._told < TOLD_EVERY_S and done < total:
            return
        self._told = now
        try:
            (self.folder / "progress.json").write_text(json.dumps({"stage": stage, "done": done, "total": total}))
        except OSError:  # nothing is lost by it; what the stage itself writes will say what is wrong
            return


@contextmanager
def work_in(root: Path, name: str) -> Iterator[WorkFolder]:
    """The folder of one cell below `root`; when the block ends well, it is removed with its checkpoint.

    Raises InvalidFile while another process makes the same cell.
    """
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    clear_leftovers(folder)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InvalidFile(
            f"expected {folder} to be free, got another process at work; wait for it, or stop it"
        ) from error
    made = folder / f"made-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        made.mkdir()
        yield WorkFolder(folder, made)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.release()
        shutil.rmtree(made, ignore_errors=True)
        if folder.exists() and not WorkFolder(folder, made).checkpoint.exists():
            shutil.rmtree(folder, ignore_errors=True)


def clear_leftovers(folder: Path) -> None:
    """Remove what dead processes left half made below `folder`, by owner, or by age where the owner cannot be asked."""
    for path in folder.glob("made-*"):
        host, pid, _ = path.name.removeprefix("made-").rsplit("-", 2)
        if not is_alive(host, int(pid)) or time.time() - path.stat().st_mtime > OLDEST_S:
            shutil.rmtree(path, ignore_errors=True)


def is_alive(host: str, pid: int) -> bool:
    """Whether a process runs; one of another machine is taken to."""
    if host != socket.gethostname():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
