"""Writing that is all or nothing: to a temporary name in the same folder, then renamed."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spikewright.errors import InvalidFile


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes the final name when the block ends without an error.

    Raises InvalidFile when the folder cannot be written.
    """
    path = Path(path)
    temporary = _sibling(path, folder=False)
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; it replaces `path` when the block ends without an error.

    Raises InvalidFile when the parent cannot be written or `path` is a file.
    """
    path = Path(path)
    if path.exists() and not path.is_dir():
        raise InvalidFile(f"expected a folder at {path}, got a file; try another output name")
    temporary = _sibling(path, folder=True)
    try:
        yield temporary
        _swap_folders(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _swap_folders(new: Path, path: Path) -> None:
    if not path.exists():
        os.replace(new, path)
        return
    old = path.with_name(f".{path.name}.old.{os.getpid()}")
    os.replace(path, old)
    os.replace(new, path)
    shutil.rmtree(old, ignore_errors=True)


def _sibling(path: Path, *, folder: bool) -> Path:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir() if folder else temporary.touch(exist_ok=False)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidFile(
            f"expected a writable folder {path.parent}, got: {reason}; try another output folder"
        ) from error
    return temporary
