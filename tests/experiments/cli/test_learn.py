"""The command stdp: what it says and writes, and what it refuses."""

from pathlib import Path

import pytest

from spikewright.experiments.cli import main


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["stdp", "--neurons", "9", "--passes", "1", "--seed", "2", "--quiet", "--out", str(tmp_path / "run")]
    assert main(told) == 0
    assert "450 test images, 9 neurons, 1,347 presentations" in capsys.readouterr().out
    assert (tmp_path / "run" / "receptive-fields.png").stat().st_size > 1000
