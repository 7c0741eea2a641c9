"""What a verdict says beside what the test set says."""

from pathlib import Path

import pytest

from spikewright.experiments.conversion.agreement import main


def test_a_row_for_each_number_of_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "--network",
        "small-digits",
        "--steps",
        "2",
        "8",
        "--judged",
        "100",
        "--quiet",
        "--output",
        str(tmp_path),
    ]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "small-digits" in told and "inside_after" in told and len(list(tmp_path.glob("*.json"))) == 2
    assert main(arguments) == 0 and capsys.readouterr().out == told


def test_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--network", "nothing", "--quiet"]) == 2
    assert "nothing" in capsys.readouterr().err
