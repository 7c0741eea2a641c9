"""Records of cells that were never run."""

from pathlib import Path
from typing import Any

from spikewright import FolderKind
from spikewright.experiments.records.layout import RECORD, folder_name
from spikewright.experiments.records.provenance import Provenance
from spikewright.experiments.records.record import Record, Spent, files_in
from spikewright.experiments.records.store import Store

KIND = FolderKind("a store of tests")
ORIGIN = Provenance("c", (0,), "commit", {"spikewright": "1", "numpy": "2"}, "Linux", 1)


def record_of(name: str, rows: dict[str, list[dict[str, Any]]], files: dict[str, str] | None = None) -> Record:
    """A record without needs."""
    key = f"{abs(hash(name)):016x}"[:16]
    spent = Spent(1.5, 100.0, "2026-01-01T00:00:00+00:00")
    return Record(key, "train", 1, name, 0, {"settings": {}}, {}, rows, files or {}, ORIGIN, spent)


def add(store: Store, name: str, rows: dict[str, list[dict[str, Any]]], **files: str) -> str:
    """Store a cell; returns the name of its folder."""
    made = store.work / f"made-{name}"
    made.mkdir(parents=True)
    for file, text in files.items():
        (made / file).write_text(text)
    record = record_of(name, rows, files_in(made))
    (made / RECORD).write_text(record.text())
    folder = folder_name(record.stage, name, record.key)
    store.commit(made, folder)
    return folder


def store_in(folder: Path) -> Store:
    """An empty store."""
    return Store.claim(folder, KIND)
