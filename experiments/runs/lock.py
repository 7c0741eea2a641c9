"""One run at a time in a store: a lock that the system takes back when its holder dies."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from spikewright import InvalidFile
from spikewright.files import writing

LOCK, HOLDER = "run.lock", "run.holder"
LOOKED_AT_S = 0.5
"""For how long the lock may be held by somebody who only looks whether it is, as `is_held` does."""


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Hold the lock of a store for the block. Raises InvalidFile while another run holds it, and where nothing can be written."""
    lock = FileLock(folder / LOCK)
    try:
        with writing(folder, folder):
            lock.acquire(timeout=LOOKED_AT_S)
    except Timeout as error:
        raise InvalidFile(
            f"expected no other run in {folder}, got one: {holder(folder)}; wait for it (`spikewright status {folder}`), "
            "stop it, or try another folder"
        ) from error
    try:
        with writing(folder, folder):
            (folder / HOLDER).write_text(f"process {os.getpid()} on {socket.gethostname()}\n")
        yield
    finally:
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether a run is at work in a store."""
    if not (folder / LOCK).is_file():
        return False
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def holder(folder: Path) -> str:
    """Who wrote its name last."""
    try:
        return (folder / HOLDER).read_text().strip() or "an unknown process"
    except OSError:
        return "an unknown process"
