"""What was measured is kept with its commit, and the page is written of it; the bounds give the exit status."""

from pathlib import Path

import pytest

from benchmarks.runs import __main__ as command

ROW = {"study": "s", "again_wall_s": 1.0, "again_s": 1.0, "first_s": 2.0, "unchanged": True}


def test_one_measurement_and_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "DOCS", tmp_path)
    monkeypatch.setitem(command.MEASURED, "again", lambda folder: [ROW])
    assert command.main(["again", "--folder", str(tmp_path)]) == 0
    text = (tmp_path / "runs.md").read_text()
    assert "| s | 1 | 1 | 2 | yes |" in text and (tmp_path / "results" / "runs.json").is_file()
    monkeypatch.setitem(command.MEASURED, "again", lambda folder: [{**ROW, "again_s": 9.0}])
    assert command.main(["again"]) == 1
    (tmp_path / "runs.md").unlink()
    assert command.main(["page"]) == 1 and "Not kept" in (tmp_path / "runs.md").read_text()


def test_the_file_system_of_a_folder(tmp_path: Path) -> None:
    assert command.file_system(tmp_path).isidentifier()
    assert command.file_system(Path("/proc/self")) in ("proc", "unknown")


def test_a_name_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["agan"])
    assert "expected names out of" in capsys.readouterr().err
