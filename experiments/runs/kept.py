"""Finished parts of a long stage, in its checkpoint: each is worked out once, however often the stage is killed between them."""

import hashlib
import io
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ENDING = ".part"
_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True)
class KeptParts:
    """Arrays by name, a file for each in `folder`, which is made when the first part is finished.

    A file is the SHA-256 of an array in numpy's format, and behind it the array: what does not fit together is worked out anew.
    """

    folder: Path

    def __call__(self, name: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """The array of `name`: read, or made by `make()` and kept."""
        path = self.folder / (hashlib.sha256(name.encode()).hexdigest()[:32] + ENDING)
        found = _read(path)
        if found is None:
            found = make()
            _write(path, found)
        return found


def _read(path: Path) -> NDArray[Any] | None:
    """None for what is missing or damaged."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    told, array = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(array).digest() != told:
        return None
    found: NDArray[Any] = np.load(io.BytesIO(array), allow_pickle=False)
    return found


def _write(path: Path, array: NDArray[Any]) -> None:
    """All or nothing: the file has its name when all of it is written."""
    held = io.BytesIO()
    np.save(held, array, allow_pickle=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        temporary.write_bytes(hashlib.sha256(held.getvalue()).digest() + held.getvalue())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
