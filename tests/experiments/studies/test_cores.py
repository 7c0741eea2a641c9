"""The core of a study is the one of its first cell that has one."""

from pathlib import Path

import pytest

from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.studies import cores
from spikewright.experiments.studies.folder import STUDY_FOLDER


def test_a_core_is_copied_once_and_again_when_a_file_of_it_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spikewright.experiments.records.provenance.current_commit", lambda: "first")
    copied: list[Path] = []
    copy = cores.publish_core
    monkeypatch.setattr(cores, "publish_core", lambda core, place: (copied.append(place), copy(core, place)))
    store, cell = Store.claim(tmp_path, STUDY_FOLDER), Cell("hardware", "c", 0, {})
    core = store.cells / cell.folder / "core"
    core.mkdir(parents=True)
    (core / "core.json").write_text("{}")
    for _ in range(2):
        cores.publish_cores([cell], store)
    assert copied == [tmp_path / "core"] and (tmp_path / "core" / "core.json").read_text() == "{}"
    (tmp_path / "core" / "core.json").unlink()
    cores.publish_cores([cell], store)
    assert len(copied) == 2 and (tmp_path / "core" / "core.json").is_file()


def test_without_a_core_there_is_none(tmp_path: Path) -> None:
    store = Store.claim(tmp_path, STUDY_FOLDER)
    cores.publish_cores([Cell("hardware", "c", 0, {}), Cell("convert", "n", 0, {})], store)
    assert not (tmp_path / "core").exists()
