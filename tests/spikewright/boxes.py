"""Folders of two kinds, filled with files that hold their names."""

from pathlib import Path

from spikewright import FolderKind, atomic_folder
from spikewright.marker import MARKER

BOX = FolderKind("a box of ours")
SHED = FolderKind("a shed of ours")


def fill(path: Path, *names: str, kind: FolderKind = BOX) -> None:
    with atomic_folder(path, kind) as temporary:
        for name in names:
            (temporary / name).parent.mkdir(exist_ok=True)
            (temporary / name).write_text(name)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != MARKER}
