"""A new project runs to its end as it was written, and is written into nobody's folder."""

import sys
from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.projects.template import new_project
from spikewright.experiments.studies.study import open_study

OWN = {"mine.models:network", "mine.data:digits", "mine.attacks:Contrast", "mine.boards:BOARD"}


def test_it_runs_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "snowflakes"
    assert main(["new", str(place)]) == 0
    told = capsys.readouterr().out
    assert str(place / "study.yaml") in told and f"cd {place} && spikewright study study.yaml --dry-run" in told
    text = (place / "study.yaml").read_text()
    assert all(f'"{one}"' in text for one in OWN)
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert main(["study", "study.yaml", "--dry-run"]) == 0 and "no earlier cell" in capsys.readouterr().out
    assert not (place / "runs").exists()
    assert main(["study", "study.yaml", "--quiet"]) == 0
    result = open_study("runs/mine")
    accuracy = {row["network"]: row["accuracy"] for row in result.tables["accuracy"]}
    assert accuracy["ann"] > 0.8 and accuracy["rate-steps8"] > 0.6
    assert set(result.tables["hardware"]["device"]) == {"my-board"} and "report.html" in capsys.readouterr().out
    assert any("Contrast" in name for name in result.tables["robustness"]["perturbation"])
    for name in [name for name in sys.modules if name.partition(".")[0] == "mine"]:
        sys.modules.pop(name)


def test_an_empty_folder_is_taken_and_its_readme_is_short(tmp_path: Path) -> None:
    made = new_project(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in made) == [
        "README.md", "mine/__init__.py", "mine/attacks.py", "mine/boards.py", "mine/data.py", "mine/models.py", "study.yaml",
    ]  # fmt: skip
    assert len([line for line in (tmp_path / "README.md").read_text().splitlines() if line]) <= 10


@pytest.mark.parametrize("there", ["a file in it", "a hidden file in it", "a file", "a link", "an older project"])
def test_what_is_there_stays(there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "place"
    if there == "a file":
        place.write_text("my thesis")
    elif there == "a link":
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")
    elif there == "an older project":
        new_project(place)
        (place / "study.yaml").write_text("mine now")
    else:
        place.mkdir()
        (place / (".hidden" if "hidden" in there else "study.yaml")).write_text("mine")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(["new", str(place)]) == 2
    assert f"expected a new folder at {place}, got something there already" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["new", str(tmp_path / "file" / "project")]) == 2
    assert "expected to write" in capsys.readouterr().err
