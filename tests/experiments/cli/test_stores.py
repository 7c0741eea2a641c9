"""query, status, clean: what a folder of a study says, in a terminal and for other programs."""

from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from tests.experiments.studies.made_results import result_of


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
