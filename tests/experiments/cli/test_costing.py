"""costs: a table of both cores of each file, verdicts, and the picture."""

from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.report.tables import read_table


def test_two_files_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dense, small = str(tmp_path / "dense.safetensors"), str(tmp_path / "small.safetensors")
    assert main(["train", "--zoo", "small-digits", "--out", dense]) == 0
    told = [
        "--sparsity",
        "0.5",
        "--bits",
        "4",
        "--images",
        "32",
        "--rounds",
        "1",
        "--round-epochs",
        "0",
        "--final-epochs",
        "0",
    ]
    assert main(["compress", dense, *told, "--epochs", "0", "--quiet", "--out", small]) == 0
    capsys.readouterr()
    asked = ["--images", "12", "--timed", "2", "--samples", "50", "--steps", "3", "--lanes", "8", "--quiet"]
    assert main(["costs", dense, small, *asked, "--out", str(tmp_path / "costs")]) == 0
    said = capsys.readouterr().out
    assert "8 channel lanes a layer at most; spikes over 3 steps against activations of 4 levels" in said
    assert "small: The spike core saves" in said
    table = read_table(tmp_path / "costs.parquet")
    assert [(row["technique"], row["core"]) for row in table] == [
        (name, core) for name in ("dense", "small") for core in ("spike core", "CNN core")
    ]
    assert (tmp_path / "costs-saved.png").stat().st_size > 1000
    assert main(["costs", dense, "--match", "price", "--out", str(tmp_path / "no")]) == 2
    assert "lanes" in capsys.readouterr().err


def test_where_spikes_begin_to_cost_more(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["break-even", str(made / "net.spike"), "--images", "10", "--out", str(tmp_path / "limits")]
    assert main([*asked, "--over", "1", "8"]) == 0
    said = capsys.readouterr().out
    assert "a synapse passes on" in said and "by the 45 nm index; mean of 10 images" in said
    table = read_table(tmp_path / "limits.parquet")
    assert {1, 8} <= set(table["steps"]) and sum(one is not None for one in table["measured"]) == 1
    assert (tmp_path / "limits-limits.png").stat().st_size > 1000
    assert main([*asked, "--memory-access", "wide"]) == 2
    assert 'try "width"' in capsys.readouterr().err
    assert main(["break-even", str(made / "ttfs.spike"), "--images", "4", "--out", str(tmp_path / "no")]) == 2
    assert "expected a fixed-point network" in capsys.readouterr().err
