"""What a verdict says beside what the test set says."""

from pathlib import Path

import pytest

from tests.experiments.measuring.asking import measured


def test_a_row_for_each_number_of_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["agreement", "--network", "small-digits", "--steps", "2", "8", "--judged", "100"]
    found = measured(tmp_path, *asked)["agreement"]
    assert found["steps"] == [2, 8] and set(found["judged"]) == {100} and all(found["enough"])
    told = capsys.readouterr().out
    assert "small-digits" in told and "inside_after" in told
    assert measured(tmp_path, *asked)["agreement"] == found and capsys.readouterr().out == told
