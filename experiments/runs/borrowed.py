"""The store of workers that do not see the folder of a run: a folder for temporary files, as long as somebody uses it.

spikewright-USER/
  guard              held for the moment in which a process comes, goes, or clears up
  NUMBER/            cells of the store of that number, which all workers of this machine share
    users/ID         held by a process that uses it: the system takes it back when that one dies
"""

import atexit
import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path

from filelock import FileLock, Timeout

from spikewright import InvalidFile
from spikewright.experiments.records.store import Store

KEPT_S = 24 * 3600
"""For how long the cells of dead workers wait for others that need them, by a clock that may have jumped either way."""
_using: dict[Path, FileLock] = {}


def borrowed_store(number: str) -> Store:
    """The store on this machine for cells of the store `number`; gone when the last process that uses it has ended.

    What dead processes left for longer than `KEPT_S` goes too. Raises InvalidFile where the folder belongs to somebody else.
    """
    root = _root()
    folder = root / number
    if folder not in _using:
        with FileLock(root / "guard"):
            _clear_up(root, folder)
            (folder / "users").mkdir(parents=True, exist_ok=True)
            _using[folder] = FileLock(folder / "users" / uuid.uuid4().hex)
            _using[folder].acquire(timeout=0)
        atexit.register(give_back, folder)
    return Store(folder)


def give_back(folder: Path) -> None:
    """This process does not need the folder any more; the last one removes it."""
    held = _using.pop(folder, None)
    if held is None or not folder.is_dir():
        return
    with FileLock(folder.parent / "guard"):
        held.release()
        Path(held.lock_file).unlink(missing_ok=True)
        if not _in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _root() -> Path:
    """The folder of this user, which nobody else may write to."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    root = Path(tempfile.gettempdir()) / f"spikewright-{user}"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if root.is_symlink() or (hasattr(os, "getuid") and root.stat().st_uid != user):
        raise InvalidFile(f"expected a folder of this user at {root}, got somebody else's; try another TMPDIR")
    return root


def _clear_up(root: Path, wanted: Path) -> None:
    """Remove what nobody uses and has not been used for long; a time that lies ahead is as far from now as one behind."""
    for folder in root.iterdir():
        users = folder / "users"
        if (
            folder != wanted
            and users.is_dir()
            and abs(time.time() - users.stat().st_mtime) > KEPT_S
            and not _in_use(folder)
        ):
            shutil.rmtree(folder, ignore_errors=True)


def _in_use(folder: Path) -> bool:
    """Whether a living process uses a folder; the names of dead ones go."""
    some = False
    for path in (folder / "users").iterdir():
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            some = True
            continue
        lock.release()
        path.unlink(missing_ok=True)
    return some
