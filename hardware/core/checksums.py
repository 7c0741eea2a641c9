"""Checksums of a core: of each of its files in `core.json`, and of `core.json` in itself."""

import hashlib
from pathlib import Path

from spikewright import InvalidFile
from spikewright.marker import files_below

NONE = "0" * 64
"""What stands in place of the checksum of `core.json` while it is computed."""


def file_checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder` but `core.json`, by its path."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in sorted(files_below(folder))
        if name != "core.json"
    }


def signed_text(text: str) -> str:
    """The text of a `core.json` whose checksum is `NONE`, with its checksum."""
    return text.replace(NONE, text_checksum(text, NONE), 1)


def text_checksum(text: str, stated: str) -> str:
    """The SHA-256 of `text` with zeros in place of the checksum that it states."""
    return hashlib.sha256(text.replace(stated, NONE, 1).encode()).hexdigest()


def check_text(text: str, stated: str) -> None:
    """Raises InvalidFile where `core.json` is not what its checksum was made of."""
    if text_checksum(text, stated) != stated:
        raise InvalidFile("expected the core.json that export wrote, got an edited one; try to export the core again")


def check_files(folder: Path, stated: dict[str, str]) -> None:
    """Raises InvalidFile with the name of the first file that is missing, no file, or not what it was."""
    for name, sha256 in stated.items():
        path = folder / name
        if path.is_symlink() or path.parent.is_symlink() or not path.is_file():
            raise InvalidFile(f"expected the file {name} in {folder}, got none; try to export the core again")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            raise InvalidFile(
                f"expected the contents of {name} that core.json in {folder} was written with, got others;"
                " try to export the core again"
            )
