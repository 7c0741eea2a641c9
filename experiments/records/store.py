"""A store: a folder of finished cells, each of which appears as a whole, or not at all, and never changes."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from spikewright import FolderKind, InvalidFile, Kind, atomic_path, claim_folder
from spikewright.experiments.records.layout import (
    CELLS,
    LAYOUT_VERSION,
    QUARANTINE,
    RUNS,
    TABLES,
    WORK,
    is_of_a_cell,
    key_of,
)
from spikewright.experiments.records.record import Record, read_record
from spikewright.kinds import json_object, json_with

STORE_FILE = Kind("the number of a store", json_with("layout", "number"))
INDEX = "store.json"


@dataclass(frozen=True)
class Store:
    """A store in `folder`."""

    folder: Path

    @classmethod
    def claim(cls, folder: str | Path, kind: FolderKind) -> "Store":
        """The store in `folder`, which is missing, empty, or one of `kind`. Raises InvalidFile for anything else."""
        made = cls(claim_folder(folder, kind))
        if not (made.folder / INDEX).is_file():
            with atomic_path(made.folder / INDEX, STORE_FILE) as temporary:
                temporary.write_text(json.dumps({"layout": LAYOUT_VERSION, "number": uuid.uuid4().hex}) + "\n")
        return cls.open(made.folder)

    @classmethod
    def open(cls, folder: str | Path) -> "Store":
        """The store that is in `folder`. Raises InvalidFile where there is none, and for one of a newer version."""
        found = json_object(Path(folder) / INDEX)
        if "layout" not in found:
            raise InvalidFile(
                f"expected the folder of a study with {INDEX}, got {folder}; try `spikewright study` first"
            )
        if found["layout"] != LAYOUT_VERSION:
            raise InvalidFile(
                f"expected a store of layout {LAYOUT_VERSION} in {folder}, got {found['layout']!r:.20}; "
                "try the version of spikewright that wrote it, or another folder"
            )
        return cls(Path(folder))

    @cached_property
    def number(self) -> str:
        """What tells this store from all others, on whichever machine it is seen."""
        return str(json_object(self.folder / INDEX).get("number", ""))

    @property
    def cells(self) -> Path:
        """The folder of finished cells."""
        return self.folder / CELLS

    @property
    def work(self) -> Path:
        """The folder of cells that are being made."""
        return self.folder / WORK

    @property
    def runs(self) -> Path:
        """The folder of what runs did."""
        return self.folder / RUNS

    @property
    def tables(self) -> Path:
        """The folder of tables."""
        return self.folder / TABLES

    def names(self) -> Iterator[str]:
        """The folders of all finished cells, by name; none of them is opened."""
        with os.scandir(self.cells) if self.cells.is_dir() else _NoEntries() as found:
            yield from (entry.name for entry in found if is_of_a_cell(entry.name))

    def holds(self, name: str) -> bool:
        """Whether the cell with this folder's name is finished."""
        return (self.cells / name).is_dir()

    def read(self, name: str) -> Record:
        """The record of a finished cell. Raises InvalidFile where it is missing or damaged."""
        return read_record(self.cells / name)

    def commit(self, made: Path, name: str) -> None:
        """Give the folder `made`, which has a record in it, its place; where the cell is finished already, that one stays."""
        self.cells.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(made, self.cells / name)
        except OSError:
            if not self.holds(name):
                raise
            shutil.rmtree(made, ignore_errors=True)

    def put_aside(self, name: str) -> Path:
        """Move a damaged cell into the quarantine, so that it is made anew; returns where it is then."""
        place = self.folder / QUARANTINE / f"{name}-{uuid.uuid4().hex[:6]}"
        place.parent.mkdir(parents=True, exist_ok=True)
        os.rename(self.cells / name, place)
        return place

    def by_key(self) -> dict[str, str]:
        """The folder's name of every finished cell by its key."""
        return {key_of(name): name for name in self.names()}


class _NoEntries:
    """An empty folder."""

    def __enter__(self) -> Iterator["os.DirEntry[str]"]:
        return iter(())

    def __exit__(self, *error: object) -> None:
        pass
