"""Files that are downloaded once, checked by their md5 sum, and kept in the user's cache."""

import hashlib
import os
import shutil
import sys
import tarfile
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from spikewright import InvalidFile, Kind, atomic_path

SECONDS = 60
"""How long a server may be silent."""


def cache_folder() -> Path:
    """Where the system keeps the caches of users' programs, and ours in it."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "spikewright"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
        return Path(local) / "spikewright" / "spikewright" / "Cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "spikewright"


def download_once(url: str, md5: str, path: Path) -> None:
    """Download a file unless it is there, all or nothing. Raises InvalidFile for a wrong sum or a download that fails."""
    if path.exists():
        check_md5(path, md5)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path, _original(md5)) as temporary:
            with urlopen(url, timeout=SECONDS) as answer, temporary.open("wb") as file:
                shutil.copyfileobj(answer, file)
            check_md5(temporary, md5)
    except (OSError, ValueError, HTTPException) as error:  # no connection, an unwritable cache, a wrong sum
        raise InvalidFile(
            f"expected to download {url}, got: {error}; try again, or give the folder of the files with --data FOLDER"
        ) from error


def check_md5(path: Path, md5: str) -> None:
    """Raise InvalidFile unless the file's md5 is the given one."""
    try:
        with path.open("rb") as file:
            got = hashlib.file_digest(file, "md5").hexdigest()
    except OSError as error:
        raise InvalidFile(f"expected a readable file {path}, got: {error.strerror}") from error
    if got != md5:
        raise InvalidFile(
            f"expected md5 {md5} of {path}, got {got}; the file is damaged or another one, try to download it again"
        )


def unpack(archive: Path, home: Path, md5: Mapping[str, str]) -> None:
    """Copy the members named in `md5`, and only them, out of a tar archive; paths inside it are not trusted."""
    with tarfile.open(archive) as tar:
        for member in tar:
            name = Path(member.name).name
            if member.isfile() and name in md5:
                content = tar.extractfile(member)
                if content is None:
                    continue
                with atomic_path(home / name, _original(md5[name])) as temporary:
                    temporary.write_bytes(content.read())


def _original(md5: str) -> Kind:
    """A data set's own file."""

    def made(path: Path) -> bool:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "md5").hexdigest() == md5

    return Kind("a file of the data set", made)
