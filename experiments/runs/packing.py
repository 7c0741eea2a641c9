"""A cell's folder as bytes, for a worker that does not see the store's folder."""

import io
import tarfile
from pathlib import Path

from spikewright import InvalidFile


def packed(folder: Path) -> bytes:
    """All files of a folder as an archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.add(path, path.relative_to(folder).as_posix(), recursive=False)
    return content.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Write the files of an archive below `folder`; nothing of it may lie outside. Raises InvalidFile for another content."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r") as archive:
            archive.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise InvalidFile(f"expected the files of a cell, got: {error}; try again") from error
