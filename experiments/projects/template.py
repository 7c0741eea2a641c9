"""The files of a new project, each as it stands in the folder `files` here, with the ending .txt."""

import os
from collections.abc import Iterator
from pathlib import Path

from spikewright import InvalidFile
from spikewright.files import writing

FILES = Path(__file__).with_name("files")
ENDING = ".txt"


def new_project(folder: str | Path) -> list[Path]:
    """Write a project that runs as it is into `folder`, which is missing or empty; returns its files.

    Raises InvalidFile for a folder that holds something, and where nothing can be written; others' files stay as they are.
    """
    folder = Path(folder)
    check_empty(folder)
    with writing(folder, folder):
        made = list(_written(folder))
    return made


def check_empty(folder: Path) -> None:
    """Raise InvalidFile unless nothing, or an empty folder, is at `folder`."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise InvalidFile(f"expected a new folder at {folder}, got something there already; try another name")


def _written(folder: Path) -> Iterator[Path]:
    for source in sorted(FILES.rglob(f"*{ENDING}")):
        place = folder / source.relative_to(FILES).with_suffix("")
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "w", encoding="utf-8") as file:
            file.write(source.read_text("utf-8"))
        yield place
