"""Studies: nothing is done twice, and what was finished beside an error stays."""

from pathlib import Path

import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.records.reading import BOOKS, origins
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.lock import is_held
from spikewright.experiments.studies.study import StudyInterrupted, open_study, run_study
from tests.experiments.studies.small_study import SMALL, small


def test_a_second_run_does_nothing(finished: Path) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in (finished / "cells").rglob("*") if path.is_file()}
    seen: list[tuple[str, int, int]] = []
    again = run_study(small(), finished, progress=lambda *told: seen.append(told))
    assert again.ran == 0 and again.complete and seen == [("study", 3, 3)]
    assert {path: path.stat().st_mtime_ns for path in (finished / "cells").rglob("*") if path.is_file()} == stamps


def test_only_what_changed_is_run(finished: Path) -> None:
    more = [*SMALL["conversions"], {"name": "ttfs", "recipe": "ttfs", "samples": 40}]
    result = run_study(small(conversions=more), finished)
    assert result.ran == 2
    assert set(result.tables["accuracy"]["network"]) == {"ann", "rate", "ttfs"}
    assert set(run_study(small(), finished).tables["accuracy"]["network"]) == {"ann", "rate"}


def test_results_carry_their_origin(finished: Path) -> None:
    result = run_study(small(), finished)
    stages = {"accuracy", "accuracy_over_steps", "activity", "baseline", "conversion", "diagnosis", "training"}
    assert set(result.tables) == stages
    table = result.tables["accuracy"]
    assert set(table["seed"]) == {0} and all(table["commit"]) and all(table["spikewright"])
    assert open_study(finished).tables["accuracy"] == table
    assert sorted(path.stem for path in (finished / "tables").glob("*.csv")) == sorted({*stages, *BOOKS})
    joined = result.tables.results.query("select c.stage, a.accuracy from accuracy a join cells c using (cell)")
    assert set(joined["stage"]) == {"train", "simulate"}


def test_what_was_finished_beside_an_error_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stage: object, work: object) -> Rows:
        raise InvalidInput("expected luck, got none")

    monkeypatch.setattr("spikewright.experiments.stages.conversion.ConvertStage.run", broken)
    result = run_study(small(), tmp_path)
    assert not result.complete and [fault["said"] for fault in result.state.faults] == ["expected luck, got none"]
    assert result.state.held == ["simulate rate"]
    assert [path.name.split("-")[0] for path in (tmp_path / "cells").iterdir()] == ["train"]
    assert not open_study(tmp_path).complete and set(result.tables["accuracy"]["network"]) == {"ann"}
    monkeypatch.undo()
    assert run_study(small(), tmp_path).ran == 2


def test_ctrl_c_in_a_cell_leaves_tables_of_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(stage: object, work: object) -> Rows:
        raise KeyboardInterrupt

    monkeypatch.setattr("spikewright.experiments.stages.conversion.ConvertStage.run", pressed)
    with pytest.raises(StudyInterrupted) as stopped:
        run_study(small(), tmp_path)
    result = stopped.value.result
    assert result.state.ending == "interrupted" and not result.complete and not is_held(tmp_path)
    assert set(result.tables["accuracy"]["network"]) == {"ann"}
    assert list(result.tables.results.table("cells")["name"]) == ["ann"]
    monkeypatch.undo()
    assert run_study(small(), tmp_path).ran == 2


def test_ctrl_c_while_tables_are_written_writes_them_again(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spikewright.experiments.studies import study as module

    written: list[bool] = []

    def pressed_once(*given: object) -> None:
        written.append(is_held(finished))
        if len(written) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_tables", pressed_once)
    with pytest.raises(StudyInterrupted) as stopped:
        run_study(small(), finished)
    assert written == [True, True] and stopped.value.result.complete  # under the lock of the run, both times


def test_another_study_in_the_folder_is_refused(finished: Path) -> None:
    with pytest.raises(InvalidFile, match="got the study 'small'; try a new one with --into"):
        run_study(small(name="other"), finished)


def test_a_new_version_of_a_stage_runs_it_and_what_depends_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_study(small(), tmp_path)
    monkeypatch.setattr("spikewright.experiments.stages.conversion.ConvertStage.version", 99)
    assert run_study(small(), tmp_path).ran == 2


def test_rows_say_under_which_commit_they_were_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that another commit goes on with: what was run before keeps its own."""
    from spikewright.experiments.report.page import write_report

    monkeypatch.setattr("spikewright.experiments.records.provenance.current_commit", lambda: "first")
    run_study(small(), tmp_path)
    monkeypatch.setattr("spikewright.experiments.records.provenance.current_commit", lambda: "second")
    monkeypatch.setattr(
        "spikewright.experiments.records.provenance.versions", lambda: {"spikewright": "9", "numpy": "2"}
    )
    more = [*SMALL["conversions"], {"name": "other", "recipe": "rate", "steps": 2, "samples": 40}]
    result = run_study(small(conversions=more), tmp_path)
    made = {row["network"]: (row["commit"], row["spikewright"]) for row in result.tables["accuracy"]}
    assert made["ann"][0] == made["rate"][0] == "first" and made["other"] == ("second", "9")
    assert {row["threads"] for row in result.tables["accuracy"]} == {1}
    assert [(row["commit"], row["cells"]) for row in origins(result.tables)] == [("first", 3), ("second", 2)]
    page = write_report(result).read_text()
    assert "<code>first</code>" in page and "<code>second</code>" in page and ": 3 cells" in page
