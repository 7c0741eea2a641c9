"""The command that measures: bad input is one sentence, before anything is made; help has all sweeps."""

import re
from pathlib import Path

import pytest

from spikewright.experiments.measuring.__main__ import SWEEPS, main

SMALL = ["--network", "small-digits", "--images", "30"]
BAD = {
    ("rate", "--network", "nothing"): "expected a network out of",
    ("exact", "--network", "nothing"): "expected a network out of",
    ("agreement", "--network", "nothing"): "expected a network out of",
    ("rate", *SMALL, "--methods", "heavy"): "expected methods out of .*light",
    ("rate", *SMALL, "--steps", "0"): "steps",
    ("rate", *SMALL, "--workers", "0"): "expected at least 1 worker",
    ("codes", *SMALL, "--codes", "morse"): "expected codes out of",
    ("timing", "--network", "small-digits", "--images", "0"): "at least 1 test image",
    ("adapted", "--train", "0", "--network", "small-digits"): "at least 1 training image",
    ("exact", "--network", "small-digits", "--weights", "/nowhere"): "expected a model card",
    ("rate", "--data", "/nowhere"): "expected a folder with fashion-mnist",
    ("sparse", "--dataset", "moons"): "expected a data set out of",
    ("sparse", "--model", "giant"): "expected a model out of",
    ("sparse", "--epochs", "-1"): "epochs",
}


@pytest.mark.parametrize("asked", BAD, ids=" ".join)
def test_bad_input_is_an_error_in_one_line(
    asked: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, "--quiet", "--output", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err.strip()
    assert len(error.splitlines()) == 1 and re.search(BAD[asked], error)
    assert not list((tmp_path / "out").glob("cells/*"))


@pytest.mark.parametrize("asked", [[], ["nothing"], ["exact", "--network", "small-digits", "--bits", "two"]])
def test_what_no_sweep_takes_is_told(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(asked)
    assert "usage" in capsys.readouterr().err


def test_help_has_a_line_for_each_sweep(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(re.search(rf"^ +{name}\s", told, re.MULTILINE) for name in SWEEPS)
