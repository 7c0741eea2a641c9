"""What a file or folder is, by what it holds and never by its name: so that only our own are ever replaced.

    NETWORK = Kind("a spiking network", in_metadata("spikewright"))

Every recogniser takes the path of a file that exists and says whether this project wrote it. One that cannot be read is
not ours.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Recogniser = Callable[[Path], bool]

LARGEST_HEADER_BYTES = 64 * 2**20
FIRST_BYTES = 4096
LAST_BYTES = 65536


@dataclass(frozen=True)
class Kind:
    """A kind of file: `name` for people, with its article, and `made`, true for a path that holds one of this project."""

    name: str
    made: Recogniser


@dataclass(frozen=True)
class FolderKind:
    """A kind of folder: `name` for people, with its article, and the `version` of its layout.

    `older(folder)`: the files of one that was written before folders carried a marker, relative to it; None for no such folder.
    """

    name: str
    version: int = 1
    older: Callable[[Path], Iterable[str] | None] = lambda folder: None


def any_of(*made: Recogniser) -> Recogniser:
    """True where one of the recognisers is."""
    return lambda path: any(one(path) for one in made)


def holds(mark: bytes) -> Recogniser:
    """Whether the first 4 KiB of a file hold `mark`."""
    return lambda path: mark in _first(path)


def holds_last(mark: bytes) -> Recogniser:
    """Whether the last 64 KiB of a file hold `mark`."""
    return lambda path: mark in _last(path)


def first_line(*lines: bytes) -> Recogniser:
    """Whether the first line of a file, without its end, is one of `lines`."""
    return lambda path: _first(path, 2**20).split(b"\n", 1)[0].rstrip(b"\r") in lines


def in_metadata(key: str) -> Recogniser:
    """Whether a safetensors file has the metadata `key`."""
    return lambda path: key in safetensors_metadata(path)


def json_with(*keys: str) -> Recogniser:
    """Whether a file is a JSON object that has all of `keys`."""
    return lambda path: set(keys) <= json_object(path).keys()


def json_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file of at most 64 MiB; empty for anything else."""
    try:
        found = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST_HEADER_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def safetensors_metadata(path: Path) -> dict[str, Any]:
    """The metadata of a safetensors file; empty for anything else. Nothing but its header is read."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            found = json.loads(file.read(length)).get("__metadata__") if length <= LARGEST_HEADER_BYTES else None
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _first(path: Path, count: int = FIRST_BYTES) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""


def _last(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LAST_BYTES))
            return file.read(LAST_BYTES)
    except OSError:
        return b""
