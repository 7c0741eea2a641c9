"""train, compress and simulate."""

from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.report.tables import read_table


def test_simulate_writes_both_tables(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["simulate", str(made / "net.spike"), "--images", "20", "--steps", "3", "--out", str(tmp_path / "act")])
        == 0
    )
    table = read_table(tmp_path / "act.parquet")
    assert table["population"][0] == "whole" and table["steps"][0] == 3 and table["samples"][0] == 20
    assert read_table(tmp_path / "act.csv").columns == table.columns
    assert "20 test images in 3 steps" in capsys.readouterr().out


def test_interrupted(made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spikewright.experiments.cli.models.load_network", interrupt)
    assert main(["simulate", str(made / "net.spike")]) == 130
    assert "interrupted" in capsys.readouterr().err
