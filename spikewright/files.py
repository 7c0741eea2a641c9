"""Writing that is all or nothing, and that never takes the place of what this project did not make.

A file is written to a temporary name beside it and then renamed. What stands there before may be replaced where it is
nothing, an empty file, a file of the same kind (as `kinds` reads it), one that a folder of ours remembers, or where the
caller says `force`. Links are followed: the file that they lead to is judged and replaced, the link stays.
"""

import errno
import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spikewright.errors import InvalidFile
from spikewright.kinds import Kind
from spikewright.marker import remember, remembered

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


@contextmanager
def atomic_path(path: str | Path, kind: Kind, *, force: bool | None = None) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes the final name when the block ends without an error.

    `kind` is what the block writes. `force`: whether a file of another kind may be replaced; None where the caller cannot be
    told. Raises InvalidFile when something else stands at `path`, which stays as it is, when the folder cannot be written, and
    when the disk is full; the temporary file is removed.
    """
    target = check_path(path, kind, force=force)
    temporary = sibling(target, folder=False)
    try:
        with writing(target, temporary):
            yield temporary
            check_path(path, kind, force=force)  # once more: others may have written meanwhile
            if target.exists():
                shutil.copymode(target, temporary)
            remember(target, temporary)
            os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def check_path(path: str | Path, kind: Kind, *, force: bool | None = None) -> Path:
    """The path that a file of `kind` may be written to, links followed; nothing is created.

    Raises InvalidFile when a folder, a device, a read-only file, or, without `force`, a file of another kind is there.
    """
    target = real_path(path)
    if not os.path.exists(target):
        return target
    mode = target.stat().st_mode
    if not stat.S_ISREG(mode):
        got = "a folder" if stat.S_ISDIR(mode) else "a device"
        raise InvalidFile(f"expected a file at {path}, got {got}; try another name")
    if not mode & 0o222:
        raise InvalidFile(f"expected a file that may be replaced at {path}, got a read-only one; try another name")
    if force or not target.stat().st_size or remembered(target) or kind.made(target):
        return target
    way = "move it away first" if force is None else "force=True (--force) to replace it"
    raise InvalidFile(f"expected {kind.name} or nothing at {path}, got another file; try another name, or {way}")


def readable(path: str | Path) -> Path:
    """The path of a regular file. Raises InvalidFile for nothing, a folder, and for devices and pipes, which may never end."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidFile(f"expected a readable file at {path!s:.200}, got: {reason}; try another path") from error
    if not stat.S_ISREG(mode):
        got = "a folder" if stat.S_ISDIR(mode) else "a pipe" if stat.S_ISFIFO(mode) else "a device"
        raise InvalidFile(f"expected a readable file at {path}, got {got}; try another path")
    return Path(path)


def real_path(path: str | Path) -> Path:
    """`path` with all links followed. Raises InvalidFile for links in a circle, and for what no path can be."""
    try:
        target = Path(os.path.realpath(path))
        circle = target.is_symlink()
    except (TypeError, ValueError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidFile(
            f"expected the path of a file or folder, got {path!r:.60}: {reason}; try another name"
        ) from error
    if circle:
        raise InvalidFile(f"expected a file or folder at {path}, got links in a circle; try another name")
    return target


def beside(base: str | Path, ending: str) -> Path:
    """The path of a file that is called as `base` with `ending` behind. Raises InvalidFile where `base` has no name."""
    try:
        path = Path(base)
    except TypeError as error:
        raise InvalidFile(f"expected the path of a file, got {base!r:.60}; try a name") from error
    if path.name in ("", ".."):
        raise InvalidFile(f"expected the name of a file, got the folder {base}; try {path / 'results'}")
    return path.with_name(path.name + ending)


def sibling(path: Path, *, folder: bool) -> Path:
    """A new hidden file or folder beside `path`, whose parents are made. Raises InvalidFile."""
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


@contextmanager
def writing(target: Path, temporary: Path) -> Iterator[None]:
    """What the system says about `temporary` while the block writes it becomes a sentence about `target`."""
    try:
        yield
    except OSError as error:
        about = str(error.filename or "").startswith((str(temporary), str(target)))
        if not about and error.errno not in _FULL:
            raise
        reason = error.strerror or str(error)
        raise InvalidFile(f"expected to write {target}, got: {reason}; try another folder or disk") from error
