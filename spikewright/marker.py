"""The marker of a folder that this project made: its kind, the version of its layout, and the files that were written to it.

There are two sorts. A *whole* folder (a spike core, a checkpoint) appears all at once and lists all its files. A *claimed* one
(a study, rows of results) grows: every file that is written below it is added to its list, so that it may be replaced later.
"""

import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from spikewright.kinds import FolderKind, json_object

MARKER = ".spikewright"


@dataclass(frozen=True)
class Marker:
    """What the marker of a folder says; `files` are relative to it, with slashes."""

    kind: str
    version: int
    grows: bool
    files: frozenset[str]

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
    if not (isinstance(kind, str) and isinstance(version, int) and isinstance(files, list)):
        return None
    return Marker(kind, version, bool(grows), frozenset(name for name in files if isinstance(name, str)))


def write_marker(folder: Path, kind: str, version: int, files: Iterable[str], *, grows: bool) -> None:
    """Write the marker of `folder`, all or nothing."""
    values = {"made_by": "spikewright", "kind": kind, "version": version, "grows": grows, "files": sorted(files)}
    temporary = folder / f"{MARKER}.{uuid.uuid4().hex[:8]}"
    try:
        temporary.write_text(json.dumps(values, indent=1) + "\n")
        os.replace(temporary, folder / MARKER)
    finally:
        temporary.unlink(missing_ok=True)


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
    """Whether the claimed folder that `path` lies in has written it before."""
    place = _claimed(path)
    return place is not None and path.relative_to(place[0]).as_posix() in place[1].files


def remember(path: Path) -> None:
    """Add `path` to the list of the claimed folder that it lies in, if it lies in one."""
    place = _claimed(path)
    if place is None:
        return
    folder, marker = place
    name = path.relative_to(folder).as_posix()
    if name not in marker.files:
        write_marker(folder, marker.kind, marker.version, marker.files | {name}, grows=True)


def _claimed(path: Path) -> tuple[Path, Marker] | None:
    """The nearest folder above `path` with a marker, where that one grows."""
    for folder in path.parents:
        marker = read_marker(folder)
        if marker is not None:
            return (folder, marker) if marker.grows else None
    return None
