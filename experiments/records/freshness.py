"""Whether files that were made of a store's cells are up to date, so that they are not made again of the same.

made/tables.json says of what the tables were made, and how each of their files was left; made/report.json says it of the report.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spikewright import Kind, __version__, atomic_path
from spikewright.experiments.records import provenance
from spikewright.experiments.records.layout import MADE
from spikewright.kinds import json_object, json_with

MADE_FILE = Kind("of what files of a study were made", json_with("of", "files"))


@dataclass(frozen=True)
class MadeFiles:
    """The files called `name` that are made of the store in `folder`.

    They are up to date while they are as they were left, and the cells and the code that they were made of are the same. Code
    that differs from its commit is taken as new each time.
    """

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """The file that says of what they were made."""
        return self.folder / MADE / f"{self.name}.json"

    @property
    def of(self) -> str:
        """A hash of what they were made of; empty where there are none."""
        return str(json_object(self.path).get("of", ""))

    @property
    def files(self) -> tuple[str, ...]:
        """The files themselves, relative to the store's folder, with slashes."""
        return tuple(json_object(self.path).get("files", ()))

    def is_made_of(self, values: Any) -> bool:
        """Whether they are up to date with `values`, plain values that say of what they would be made now."""
        found = json_object(self.path)
        if provenance.current_commit().endswith(provenance.CHANGED) or found.get("of") != _hash(values):
            return False
        return all(_left(self.folder / name) == left for name, left in dict(found["files"]).items())

    def begin(self) -> None:
        """They are about to be made: until `keep`, they are not up to date, whatever interrupts that."""
        self.path.unlink(missing_ok=True)

    def keep(self, values: Any, files: Iterable[Path]) -> None:
        """They were made of `values`: `files`, all below the store's folder. Raises InvalidFile where nothing can be written."""
        left = {path.relative_to(self.folder).as_posix(): _left(path) for path in files}
        with atomic_path(self.path, MADE_FILE) as temporary:
            temporary.write_text(json.dumps({"of": _hash(values), "files": left}) + "\n")


def _hash(values: Any) -> str:
    return hashlib.sha256(repr([__version__, provenance.current_commit(), values]).encode()).hexdigest()[:16]


def written_ns(path: Path) -> int:
    """When a file was written, in nanoseconds; 0 where it has gone."""
    return (_left(path) or (0, 0))[1]


def _left(path: Path) -> list[int] | None:
    """The size of a file and when it was written; None where it has gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]
