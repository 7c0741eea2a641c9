"""query, status, clean: what a folder of a study says, in a terminal and for other programs."""

from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.runs.lock import only_run
from spikewright.experiments.runs.state import RunState, StageCount
from spikewright.experiments.studies.study import run_study
from tests.experiments.records.made_records import add
from tests.experiments.studies.made_results import result_of
from tests.experiments.studies.small_study import small


@pytest.fixture
def folder(tmp_path: Path) -> str:
    rows = [{"network": "ann", "accuracy": 0.98}, {"network": "rate_7", "accuracy": 0.97}]
    return str(result_of(tmp_path / "run", accuracy=rows).folder)


def test_answers_are_printed(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    question = "select network, accuracy from accuracy order by accuracy"
    assert main(["query", folder, question]) == 0
    assert capsys.readouterr().out.split() == ["network", "accuracy", "rate_7", "0.97", "ann", "0.98"]
    assert main(["query", folder, question, "--csv"]) == 0
    assert capsys.readouterr().out == "network,accuracy\nrate_7,0.97\nann,0.98\n"
    assert main(["query", folder, question, "--tex"]) == 0
    assert r"rate\_7 & 0.97 \\" in capsys.readouterr().out


def test_without_a_question_the_tables_are_told(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", folder, "--csv"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["table,rows,columns", 'accuracy,2,"network, accuracy"'] and told[2].startswith("cells,1,")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("select nothing from accuracy", "nothing"),
        ("selct 1", "selct"),
        ("", "SQL"),
        ("select * from accuracies", "accuracy"),
    ],
)
def test_bad_questions_are_one_sentence(
    question: str, words: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", folder, question]) == 2
    told = capsys.readouterr().err
    assert told.startswith("spikewright query: expected a question in SQL") and words in told and told.count("\n") == 1


def test_status_of_a_run_from_another_terminal(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", folder]) == 2
    assert "expected a run" in capsys.readouterr().err
    state = RunState.begin({})
    state.cells, state.stored, state.stages = 5, 1, {"train": StageCount(1, 1, 2.5), "convert": StageCount(4)}
    state.running = {"convert rate7": state.started}
    state.faults = [{"cell": "convert odd", "kind": "refused", "said": "expected luck, got none", "trace": ""}]
    state.write(Path(folder) / "runs", always=True)
    with only_run(Path(folder)):
        assert main(["status", folder]) == 0
    told = capsys.readouterr().out
    assert "running (process" in told and "1 of 5 have a result; 1 without" in told and "now     convert rate7" in told
    assert ["convert", "0", "4", "0"] in [line.split() for line in told.splitlines()]
    assert "convert odd (refused): expected luck, got none" in told
    assert main(["status", folder]) == 0
    told = capsys.readouterr().out
    assert "its process has ended without a word" in told and "now     " not in told


def test_status_watches_until_the_run_ends(
    folder: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from spikewright.experiments.cli import stores

    state, looks = RunState.begin({}), []
    state.cells, state.stored, state.stages = 5, 1, {"train": StageCount(1, 1, 2.5)}
    state.write(Path(folder) / "runs", always=True)

    def goes_on(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            state.ending, state.stored = "finished", 5
        state.write(Path(folder) / "runs", always=True)

    monkeypatch.setattr(stores, "pause", goes_on)
    with only_run(Path(folder)):
        assert main(["status", folder, "--watch"]) == 0
    assert len(looks) == 3 and "5 of 5 have a result" in capsys.readouterr().out
    state.ending = "running"
    state.write(Path(folder) / "runs", always=True)
    assert main(["status", folder, "--watch"]) == 0  # nobody holds the lock: it is told, not waited for
    assert len(looks) == 3 and "its process has ended without a word" in capsys.readouterr().out


def test_clean_lists_and_removes_only_when_told_to(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = run_study(small(), finished)
    old = result.store.cells / add(result.store, "old", {}, file="content" * 1000)
    assert main(["clean", str(finished)]) == 0
    told = capsys.readouterr().out
    assert str(old) in told and "nothing was removed" in told and old.is_dir()
    with only_run(finished):
        assert main(["clean", str(finished), "--yes"]) == 2
    assert "expected no other run" in capsys.readouterr().err and old.is_dir()
    assert main(["clean", str(finished), "--yes"]) == 0
    assert not old.exists() and "folders removed: " in capsys.readouterr().out
    assert main(["clean", str(finished), "--yes"]) == 0
    assert capsys.readouterr().out == "nothing to remove\n" and run_study(small(), finished).ran == 0
