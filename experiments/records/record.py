"""One finished cell as it is stored: what was asked, what came out, where that came from, and a digest over all of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from spikewright import InvalidFile
from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.records.provenance import Provenance, content_hash
from spikewright.marker import digest

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Spent:
    """What a cell took.

    seconds: of the process that finished it, not of those before that were killed. memory_mb: the most that this process held
    meanwhile. started: when, in UTC. tries: how many it took in this run.
    """

    seconds: float
    memory_mb: float
    started: str
    tries: int = 1


@dataclass(frozen=True, eq=False)
class Record:
    """A finished cell.

    needs: the keys of the cells that it read, by role.
    rows: plain values by the name of their table.
    files: the SHA-256 of each of its files, by name.
    origin: commit, versions, machine and threads under which it was made.
    """

    key: str
    stage: str
    version: int
    name: str
    seed: int
    params: Mapping[str, Any]
    needs: Mapping[str, str]
    rows: Rows
    files: Mapping[str, str]
    origin: Provenance
    spent: Spent = field(compare=False)

    def text(self) -> str:
        """The record as a JSON object with its own digest."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values |= {"origin": self.origin.to_dict(), "spent": asdict(self.spent)}
        values = json.loads(json.dumps(values, allow_nan=False))
        return json.dumps({**values, "digest": content_hash(values)}) + "\n"


def files_in(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a cell, by its name in the folder with slashes; the record itself is none of them."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): digest(path) for path in found if path != folder / RECORD}


def read_record(folder: Path) -> Record:
    """The record of a stored cell. Raises InvalidFile where it is missing or damaged, or a file of it has gone."""
    path = folder / RECORD
    try:
        values = json.loads(path.read_text())
        told = values.pop("digest")
        whole = told == content_hash(values)
        made = Record(**{**values, "origin": Provenance.from_dict(values["origin"]), "spent": Spent(**values["spent"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidFile(f"expected a finished cell in {folder}, got: {error!r:.80}; {WAY_OUT}") from error
    gone = [name for name in made.files if not (folder / name).is_file()]
    if gone or not whole or not folder.name.endswith(made.key):
        got = f"no {gone[0]}" if gone else "a record that was changed"
        raise InvalidFile(f"expected a finished cell in {folder}, got {got}; {WAY_OUT}")
    return made


def check_files(folder: Path, record: Record) -> None:
    """Raise InvalidFile where a file of a stored cell is not what was written."""
    for name, told in record.files.items():
        if digest(folder / name) != told:
            raise InvalidFile(f"expected {folder / name} as it was written, got another content; {WAY_OUT}")


WAY_OUT = "try `spikewright study` again: it puts damaged cells aside and makes them anew"
