"""Where a cell is made: its own folder below `work`, with a checkpoint that stays after a kill.

work/STAGE-NAME-KEY/
  checkpoint/        what the stage writes to go on from; gone once the cell is finished
  progress.json      how far it is
  lock               held by the one process that makes the cell; the system takes it back when that one dies
  made-.../          its files, until they take their place in the store
"""

import json
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from spikewright import InvalidFile

TOLD_EVERY_S = 1.0


class CellBusy(InvalidFile):
    """Another process makes the cell, such as a worker of a run that was killed and that is about to end."""


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

    def begin_anew(self) -> None:
        """Remove the checkpoint and all files that were made so far."""
        shutil.rmtree(self.checkpoint)
        shutil.rmtree(self.made)
        self.made.mkdir()

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

    What dead processes left half made there goes first. Raises CellBusy while another process makes the same cell.
    """
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except (Timeout, FileNotFoundError) as error:  # not found: the other one has just finished and removed the folder
        raise CellBusy(f"expected {folder} to be free, got another process at work; wait for it, or stop it") from error
    place = WorkFolder(folder, folder / f"made-{uuid.uuid4().hex[:8]}")
    try:
        for path in folder.glob("made-*"):  # whoever made it does not hold the lock any more
            shutil.rmtree(path)
        place.made.mkdir()
        yield place
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        shutil.rmtree(place.made if place.checkpoint.exists() else folder, ignore_errors=True)
        lock.release()
