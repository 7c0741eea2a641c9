"""A record comes back as it was written, and says when it was not."""

import json
from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.records.record import check_files, read_record
from tests.experiments.records.made_records import add, store_in


def test_a_record_comes_back(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    name = add(store, "a", {"t": [{"x": 1, "y": 0.1, "z": None, "w": "é"}]}, file="content")
    read = read_record(store.cells / name)
    assert read.rows == {"t": [{"x": 1, "y": 0.1, "z": None, "w": "é"}]} and set(read.files) == {"file"}
    assert read.origin.commit == "commit" and read.spent.seconds == 1.5
    check_files(store.cells / name, read)


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "gone", "list", "deep"])
def test_damage_is_told(tmp_path: Path, damage: str) -> None:
    store = store_in(tmp_path)
    place = store.cells / add(store, "a", {"t": [{"x": 1}]}, file="content") / "cell.json"
    text = place.read_text()
    changed = json.dumps({**json.loads(text), "seed": 5})
    made = {"empty": "", "cut": text[:40], "changed": changed, "list": "[]", "deep": "[" * 100_000}
    place.unlink() if damage == "gone" else place.write_text(made[damage])
    with pytest.raises(InvalidFile, match="expected a finished cell"):
        read_record(place.parent)


def test_files_that_were_changed_or_are_gone_are_told(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    place = store.cells / add(store, "a", {}, file="content")
    record = read_record(place)
    (place / "file").write_text("another")
    with pytest.raises(InvalidFile, match="got another content"):
        check_files(place, record)
    (place / "file").unlink()
    with pytest.raises(InvalidFile, match="got no file"):
        read_record(place)
