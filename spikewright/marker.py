"""The marker of a folder that this project made: its kind, the version of its layout, and the files that were written to it.

There are two sorts. A *whole* folder (a spike core, a checkpoint) appears all at once and lists all its files. A *claimed* one
(a study, rows of results) grows: every file that is written below it is added to its list, so that it may be replaced later.
A file is listed with the SHA-256 of what was written: one that somebody has changed since, or put in its place, is theirs.
In a folder that grows it is listed before it takes its name, beside what stood there: a process that ends between leaves it ours.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spikewright.kinds import FolderKind, json_object

MARKER = ".spikewright"


@dataclass(frozen=True)
class Marker:
    """What the marker of a folder says; `files` are relative to it, with slashes, each with its digest, or None if unknown."""

    kind: str
    version: int
    grows: bool
    files: Mapping[str, str | None]

    def of(self, kind: FolderKind) -> bool:
        """Whether it is a marker of `kind`."""
        return (self.kind, self.version) == (kind.name, kind.version)


def read_marker(folder: Path) -> Marker | None:
    """The marker of `folder`; None where there is none that can be read."""
    path = folder / MARKER
    if path.is_symlink() or not path.is_file():
        return None
    found = json_object(path)
    kind, version, grows, files = (found.get(name) for name in ("kind", "version", "grows", "files"))
    if not (isinstance(kind, str) and isinstance(version, int) and isinstance(files, list | dict)):
        return None
    named = files if isinstance(files, dict) else dict.fromkeys(name for name in files if isinstance(name, str))
    return Marker(kind, version, bool(grows), named)


def write_marker(folder: Path, kind: str, version: int, files: Mapping[str, str | None], *, grows: bool) -> None:
    """Write the marker of `folder`, all or nothing."""
    listed = dict(sorted(files.items()))
    values = {"made_by": "spikewright", "kind": kind, "version": version, "grows": grows, "files": listed}
    temporary = folder / f"{MARKER}.{uuid.uuid4().hex[:8]}"
    try:
        temporary.write_text(json.dumps(values, indent=1) + "\n")
        os.replace(temporary, folder / MARKER)
    finally:
        temporary.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """The SHA-256 of a file; of a link, where it leads; of a folder, nothing."""
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    if path.is_dir():
        return "folder"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def changed(folder: Path, files: Mapping[str, str | None]) -> frozenset[str]:
    """The files below `folder` that are not listed, or are not what was listed."""
    here = files_below(folder)
    return here - files.keys() | {name for name in here & files.keys() if not _as_listed(folder / name, files[name])}


def _as_listed(path: Path, listed: str | None) -> bool:
    return listed is None or digest(path) in listed.splitlines()


def files_below(folder: Path) -> frozenset[str]:
    """All files below `folder` but its own marker, relative to it; links and empty folders count too."""
    found = set()
    for place, folders, files in os.walk(folder):
        here = Path(place).relative_to(folder)
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        empty = [] if folders or files or Path(place) == folder else ["."]
        found |= {(here / name).as_posix() for name in (*files, *links, *empty)}
    return frozenset(found - {MARKER})


def remembered(path: Path) -> bool:
    """Whether the claimed folder that `path` lies in has written it as it is now."""
    place = _claimed(path)
    if place is None:
        return False
    name = path.relative_to(place[0]).as_posix()
    return name in place[1].files and _as_listed(path, place[1].files[name])


def remember(path: Path, content: Path) -> None:
    """List the file `content`, which is about to take the name of `path`, in the claimed folder that `path` lies in, if any."""
    place = _claimed(path)
    if place is None:
        return
    folder, marker = place
    name = path.relative_to(folder).as_posix()
    listed = [digest(content)] + ([digest(path)] if path.exists() and remembered(path) else [])
    told = "\n".join(dict.fromkeys(listed))
    if marker.files.get(name) != told:
        write_marker(folder, marker.kind, marker.version, {**marker.files, name: told}, grows=True)


def _claimed(path: Path) -> tuple[Path, Marker] | None:
    """The nearest folder above `path` with a marker, where that one grows."""
    for folder in path.parents:
        marker = read_marker(folder)
        if marker is not None:
            return (folder, marker) if marker.grows else None
    return None
