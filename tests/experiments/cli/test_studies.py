"""demo, study and report: seeds, folders, and a report that is written again."""

import shutil
from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.studies.study import open_study

STUDY = "dataset: {train: 120, test: 30}\nmodel: {architecture: small_cnn, training: {epochs: 1}}\n"


def test_a_study_runs_once_and_its_report_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("night.yaml").write_text(STUDY)
    assert main(["study", "night.yaml", "--quiet", "--seed", "3"]) == 0
    assert open_study("runs/night").study.seeds == (3,)
    assert "1 of 1 cells were run" in capsys.readouterr().out
    assert main(["study", "night.yaml", "--quiet", "--seed", "3"]) == 0
    assert "0 of 1 cells were run" in capsys.readouterr().out
    page = Path("runs/night/report.html")
    before = page.read_text()
    page.unlink()
    assert main(["report", str(tmp_path / "runs/night"), "--quiet"]) == 0
    assert page.read_text() == before


@pytest.mark.parametrize("where", ["in a cell", "in the report"])
def test_ctrl_c_leaves_a_report_of_what_is_finished(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from spikewright.experiments.report import page

    monkeypatch.chdir(tmp_path)
    Path("night.yaml").write_text(STUDY + "conversions: [{name: rate, recipe: rate, steps: 3, samples: 40}]\n")
    pressed: list[str] = []
    whole = page.write_report

    def press(*given: object, **more: object) -> object:
        pressed.append(where)
        if len(pressed) == 1:
            raise KeyboardInterrupt
        return whole(*given, **more)  # type: ignore[arg-type]

    place = "stages.conversion.ConvertStage.run" if where == "in a cell" else "report.page.write_report"
    with monkeypatch.context() as pressing:
        pressing.setattr(f"spikewright.experiments.{place}", press)
        assert main(["study", "night.yaml", "--quiet"]) == 130
    told = capsys.readouterr()
    made = 1 if where == "in a cell" else 3
    assert f"{made} of 3 cells were run, {made} have a result" in told.out
    assert told.err == "spikewright study: interrupted; run the same command again: it goes on from what is stored\n"
    assert (
        "ann" in Path("runs/night/report.html").read_text()
        and "ann" in Path("runs/night/tables/accuracy.csv").read_text()
    )
    assert main(["study", "night.yaml", "--quiet"]) == 0


def test_a_new_folder_is_new_and_a_dry_run_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("night.yaml").write_text(
        STUDY + "budget: {cells: 1}\nconversions: [{name: rate, recipe: rate, steps: 2, samples: 9}]\n"
    )
    assert main(["study", "night.yaml", "--dry-run", "--into", "a/b"]) == 0
    assert "3, of which 0 are stored" in capsys.readouterr().out and [path.name for path in tmp_path.iterdir()] == [
        "night.yaml"
    ]
    assert main(["study", "night.yaml", "--quiet", "--into", "a/b"]) == 1
    told = capsys.readouterr()
    assert "1 of 3 cells were run" in told.out and told.err.startswith("the run ended since its budget is spent")
    assert Path("a/b/report.html").is_file() and Path("a/b/tables/accuracy.csv").is_file()
    before = {path: path.read_bytes() for path in Path("a").rglob("*") if path.is_file()}
    assert main(["study", "night.yaml", "--quiet", "--into", "a/b"]) == 2
    assert "expected a new folder at a/b" in capsys.readouterr().err
    assert main(["study", "night.yaml", "--dry-run", "--out", "a/b", "--workers", "2"]) == 0
    told_again = capsys.readouterr().out
    assert "1 are stored and 2 would be made in a/b" in told_again and "of 2 cells not known" in told_again
    Path("other.yaml").write_text(STUDY)
    assert main(["study", "other.yaml", "--dry-run", "--out", "a/b"]) == 2
    assert "got the study 'night'; try a new one with --into" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in Path("a").rglob("*") if path.is_file()} == before


def test_a_folder_of_somebody_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.yaml").write_text(STUDY)
    (tmp_path / "mine").mkdir()
    shutil.copy(tmp_path / "s.yaml", tmp_path / "mine")
    for command in (["study", str(tmp_path / "s.yaml")], ["demo"]):
        assert main([*command, "--out", str(tmp_path / "mine")]) == 2
        assert str(tmp_path / "mine") in capsys.readouterr().err
