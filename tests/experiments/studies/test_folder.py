"""The folder of a study, older ones too."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.studies.folder import (
    PROVENANCE_FILE,
    STUDY_FILE,
    STUDY_FOLDER,
    check_same,
    claim,
    write_json,
)


def test_the_files_of_an_older_study_are_known(tmp_path: Path) -> None:
    assert STUDY_FOLDER.older(tmp_path) is None
    write_json(tmp_path / "study.json", STUDY_FILE, {"name": "a", "dataset": {}, "seeds": [0]})
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "accuracy.csv").write_text("")
    assert set(STUDY_FOLDER.older(tmp_path) or ()) >= {"study.json", "tables/accuracy.csv"}


def test_only_files_of_the_same_kind_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "provenance.json"
    path.write_text('{"mine": 1}')
    with pytest.raises(InvalidFile, match="got another file"):
        write_json(path, PROVENANCE_FILE, {})


def test_another_study_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    check_same("night", tmp_path / "missing")
    store = claim("night", tmp_path / "run")
    write_json(store.folder / "study.json", STUDY_FILE, {"name": "night", "dataset": {}, "seeds": [0]})
    check_same("night", store.folder)
    with pytest.raises(
        InvalidFile, match=r"expected the study 'day' or an empty folder at .*, got the study 'night'; try .* --into"
    ):
        claim("day", store.folder)
    assert not (tmp_path / "missing").exists()
