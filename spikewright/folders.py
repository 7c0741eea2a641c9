"""Folders of ours: written as a whole or not at all, or claimed once and then grown; others' are never touched.

A folder is replaced only if its marker is of the same kind and it holds nothing but the files that the marker lists, as they were
written. The old one
is moved aside, the new one takes its name, and of the old one the listed files are removed, no others.
"""

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from spikewright.errors import InvalidFile
from spikewright.files import real_path, sibling, writing
from spikewright.kinds import FolderKind
from spikewright.marker import MARKER, changed, digest, files_below, read_marker, write_marker

_OLD = ".old"
"""How the name of a folder ends that is about to be replaced."""


@contextmanager
def atomic_folder(path: str | Path, kind: FolderKind) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; it takes the place of `path` when the block ends without an error.

    A process that is killed in the moment of the change leaves the old one aside: `restored` puts it back.
    Raises InvalidFile when the parent cannot be written, the disk is full, or `path` is anything but missing, empty, or a folder
    of `kind` without files of others; it then stays as it is.
    """
    target = check_folder(path, kind)
    temporary = sibling(target, folder=True)
    try:
        with writing(target, temporary):
            write_marker(temporary, kind.name, kind.version, {}, grows=False)  # not of the folder around it
            yield temporary
            made = {name: digest(temporary / name) for name in files_below(temporary)}
            write_marker(temporary, kind.name, kind.version, made, grows=False)
            _swap(temporary, check_folder(path, kind), _listed(target, kind) or ())
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def restored(path: str | Path, kind: FolderKind) -> Path:
    """The path of a folder of `kind` that `atomic_folder` writes; the last one, where a killed process had put it aside only."""
    target = real_path(path)
    if not target.exists():
        old = [one for one in target.parent.glob(f".{target.name}.*{_OLD}") if _listed(one, kind) is not None]
        if len(old) == 1:
            os.replace(old[0], target)
    return target


def check_folder(path: str | Path, kind: FolderKind) -> Path:
    """The path that a folder of `kind` may be written to as a whole, links followed; nothing is created. Raises InvalidFile."""
    target = _folder(path)
    if not target.exists() or not any(target.iterdir()):
        return target
    listed = _listed(target, kind)
    if listed is None:
        raise InvalidFile(f"expected {kind.name} or nothing at {path}, got another folder; try another name")
    others = changed(target, listed)
    if others:
        raise InvalidFile(
            f"expected {kind.name} with its own files only at {path}, got {min(others)} in it, which is not as it was written; "
            "move it away, or try another name"
        )
    if Path.cwd().is_relative_to(target):
        raise InvalidFile(f"expected a folder to replace at {path}, got the one that this runs in; try another name")
    return target


def claim_folder(path: str | Path, kind: FolderKind) -> Path:
    """Make the folder of `kind` at `path` if it is missing or empty, and return where it is, links followed.

    Files that are written below it from then on are its own, see `atomic_path`. Raises InvalidFile when anything else is there.
    """
    target = check_claim(path, kind)
    if read_marker(target) is None:
        try:
            target.mkdir(parents=True, exist_ok=True)
            write_marker(target, kind.name, kind.version, dict.fromkeys(kind.older(target) or ()), grows=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InvalidFile(f"expected a writable folder {path}, got: {reason}; try another output folder") from error
    return target


def check_claim(path: str | Path, kind: FolderKind) -> Path:
    """The path of a folder that is missing, empty, or of `kind`, whatever else was put into it. Raises InvalidFile."""
    target = _folder(path)
    if target.exists() and any(target.iterdir()) and _listed(target, kind) is None:
        raise InvalidFile(f"expected {kind.name}, or an empty folder, at {path}, got another folder; try another name")
    return target


def discard_folder(path: str | Path, kind: FolderKind) -> bool:
    """Remove a folder of `kind` that holds its own files only; whether it was there. Anything else stays as it is."""
    target = _folder(path)
    listed = _listed(target, kind)
    if listed is None or changed(target, listed):
        return False
    _remove(target, listed)
    return True


def _folder(path: str | Path) -> Path:
    target = real_path(path)
    if target.exists() and not target.is_dir():
        raise InvalidFile(f"expected a folder at {path}, got a file; try another output name")
    if target.exists() and not target.stat().st_mode & 0o222:
        raise InvalidFile(f"expected a folder that may be written at {path}, got a read-only one; try another name")
    return target


def _listed(folder: Path, kind: FolderKind) -> Mapping[str, str | None] | None:
    """The files that a folder of `kind` was made with, with their digests; None for another folder."""
    marker = read_marker(folder) if folder.is_dir() else None
    if marker is not None:
        return marker.files if marker.of(kind) else None
    older = kind.older(folder)
    return None if older is None else dict.fromkeys(older)


def _swap(new: Path, target: Path, listed: Iterable[str]) -> None:
    """`new` takes the name of `target`; whatever interrupts this, one of the two stands there whole."""
    if not target.exists():
        os.replace(new, target)
        return
    shutil.copymode(target, new)
    old = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}{_OLD}")
    try:
        os.replace(target, old)
        os.replace(new, target)
    finally:
        if not target.exists():
            os.replace(old, target)
        elif old.exists():
            _remove(old, listed)


def _remove(folder: Path, listed: Iterable[str]) -> None:
    """Remove the listed files, the marker, and the folders that are empty then: nothing else, and nothing outside."""
    for name in files_below(folder) & {*listed} | {MARKER}:
        path = folder / name
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
    for place, _, _ in os.walk(folder, topdown=False):
        if not any(Path(place).iterdir()):
            os.rmdir(place)
