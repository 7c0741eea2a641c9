"""Studies: nothing is done twice, and what was finished before an error stays."""

from pathlib import Path

import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.report.tables import read_provenance, read_table
from spikewright.experiments.runs import stored
from spikewright.experiments.runs.study import open_study, run_study
from tests.experiments.runs.small_study import SMALL, small


def test_a_second_run_does_nothing(finished: Path) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in (finished / "tasks").rglob("*") if path.is_file()}
    seen: list[tuple[str, int, int]] = []
    again = run_study(small(), finished, progress=lambda *told: seen.append(told))
    assert again.ran == 0 and seen == [("study", 3, 3)]
    assert {path: path.stat().st_mtime_ns for path in (finished / "tasks").rglob("*") if path.is_file()} == stamps


def test_only_what_changed_is_run(finished: Path) -> None:
    more = [*SMALL["conversions"], {"name": "ttfs", "recipe": "ttfs", "samples": 40}]
    result = run_study(small(conversions=more), finished)
    assert result.ran == 2
    assert set(result.tables["accuracy"]["network"]) == {"ann", "rate", "ttfs"}


def test_results_carry_their_origin(finished: Path) -> None:
    result = run_study(small(), finished)
    table = read_table(finished / "tables" / "results.parquet")
    stages = {"accuracy", "accuracy_over_steps", "activity", "baseline", "conversion", "diagnosis", "training"}
    assert set(table["table"]) == stages
    assert set(table["configuration"]) == {result.provenance.configuration} and set(table["seed"]) == {0}
    assert all(table["commit"]) and all(table["spikewright"])
    assert read_provenance(finished / "tables" / "accuracy.parquet")["versions"]["numpy"]
    assert open_study(finished).tables["accuracy"] == result.tables["accuracy"]
    assert sorted(path.stem for path in (finished / "tables").glob("*.csv")) == sorted(result.tables)


def test_what_was_finished_before_an_error_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stage: object, work: object) -> stored.Rows:
        raise InvalidInput("expected luck, got none")

    monkeypatch.setattr("spikewright.experiments.stages.conversion.ConvertStage.run", broken)
    with pytest.raises(InvalidInput, match="luck"):
        run_study(small(), tmp_path)
    assert [path.name.split("-")[0] for path in (tmp_path / "tasks").iterdir()] == ["train"]
    with pytest.raises(InvalidFile, match="finished study"):
        open_study(tmp_path)
    monkeypatch.undo()
    assert run_study(small(), tmp_path).ran == 2


def test_rows_say_under_which_commit_they_were_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that another commit goes on with: what was run before keeps its own."""
    from spikewright.experiments.report.page import write_report

    monkeypatch.setattr("spikewright.experiments.runs.provenance.current_commit", lambda: "first")
    run_study(small(), tmp_path)
    monkeypatch.setattr("spikewright.experiments.runs.provenance.current_commit", lambda: "second")
    monkeypatch.setattr("spikewright.experiments.runs.provenance.versions", lambda: {"spikewright": "9", "numpy": "2"})
    more = [*SMALL["conversions"], {"name": "other", "recipe": "rate", "steps": 2, "samples": 40}]
    result = run_study(small(conversions=more), tmp_path)
    made = {row["network"]: (row["commit"], row["spikewright"]) for row in result.tables["accuracy"]}
    assert made["ann"][0] == made["rate"][0] == "first" and made["other"] == ("second", "9")
    assert {row["threads"] for row in result.tables["results"]} == {1}
    assert open_study(tmp_path).tables == result.tables
    assert [(row["commit"], row["tasks"]) for row in stored.origins(result)] == [("first", 3), ("second", 2)]
    page = write_report(result).read_text()
    assert "<code>first</code>" in page and "<code>second</code>" in page and ": 3 tasks" in page
