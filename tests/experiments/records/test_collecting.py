"""What nothing needs is told, and removed when somebody asks for it."""

from pathlib import Path

from spikewright.experiments.records.collecting import remove, unused
from tests.experiments.records.made_records import add, store_in


def test_what_a_study_needs_stays(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    kept, old, bad = (add(store, name, {}, file="content") for name in ("kept", "old", "bad"))
    (store.work / f"half-{'0' * 16}" / "checkpoint").mkdir(parents=True)
    (store.work / "mine").mkdir()
    store.put_aside(bad)
    found = unused(store, {kept})
    assert {(each.folder.name.rpartition("-")[0] or each.folder.name, each.why) for each in found} == {
        (old.rpartition("-")[0], "finished, and no part of the study"),
        ("half", "half made, and no part of the study"),
        (bad, "damaged"),
    }
    size = sum(each.size for each in found)
    assert remove(found) == size > 0 and list(store.names()) == [kept] and not unused(store, {kept})


def test_what_somebody_keeps_in_a_cell_or_beside_it_stays(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    mine, changed = (add(store, name, {}, file="content") for name in ("mine", "changed"))
    (store.cells / mine / "notes.txt").write_text("measured on the board")
    (store.cells / changed / "file").write_text("edited by hand")
    (store.folder / "quarantine" / "mine").mkdir(parents=True)
    assert not unused(store, set())
