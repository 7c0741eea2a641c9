"""convert and diagnose: every recipe, refusals as a table, where a network loses and what to compare it with."""

from pathlib import Path

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.conversion import Rate, Unconvertible, convert
from spikewright.experiments.cli import main
from spikewright.experiments.cli.asked import record
from spikewright.experiments.cli.commands import RECIPE
from spikewright.experiments.cli.convert import refusals
from spikewright.experiments.cli.parser import make_parser
from spikewright.experiments.families import RECIPES
from spikewright.experiments.report.tables import read_table


def read(*arguments: str) -> object:
    options = make_parser().parse_args(["convert", "--seed", "3", *arguments])
    return record(RECIPES, options.recipe, RECIPE.given(options), options.seed)


def test_an_option_of_another_recipe_is_refused(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InvalidInput, match=r"'phase' \(period, periods.*got steps"):
        read("--recipe", "phase", "--steps", "4")
    assert main(["convert", str(made / "model.safetensors"), "--recipe", "ttfs", "--steps", "4"]) == 2
    assert "got steps" in capsys.readouterr().err


def test_convert_says_where_it_loses(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--samples", "60", "--images", "40", "--quiet", "--out", str(tmp_path / "n.spike")]
    assert main(["convert", str(made / "small.safetensors"), "--steps", "3", *told]) == 0
    shown = capsys.readouterr().out
    for word in ("rewritten", "add up to the error", "loses most", "try more steps", "CNN at equal information"):
        assert word in shown
    assert main(["convert", str(made / "small.safetensors"), "--recipe", "ttfs", "--no-diagnosis", *told]) == 0
    assert "add up to the error" not in capsys.readouterr().out


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_goes_the_whole_way(
    made: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--samples", "40", "--images", "10", "--quiet", "--out", str(tmp_path / "n.spike")]
    assert main(["convert", str(made / "small.safetensors"), "--recipe", name, *told]) == 0, capsys.readouterr().err
    assert "model" in capsys.readouterr().out and (tmp_path / "n.spike").is_file()


def test_diagnose_writes_tables_and_pictures(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, network = str(made / "small.safetensors"), str(tmp_path / "n.spike")
    assert main(["convert", source, "--samples", "40", "--no-diagnosis", "--out", network]) == 0
    capsys.readouterr()
    out = tmp_path / "found"
    assert main(["diagnose", network, source, "--images", "30", "--samples", "40", "--quiet", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "errors in % of the mean activation" in shown and "CNN at equal information" in shown
    table = read_table(tmp_path / "found.parquet")
    assert table["network"][:3] == ["model", "rewritten", "spiking"] and "unevenness" in table.columns
    assert read_table(tmp_path / "found-baseline.parquet")["side"] == ["CNN at equal information", "SNN"]
    for picture in ("activations", "errors", "steps"):
        assert (tmp_path / f"found-{picture}.png").stat().st_size > 5000
    assert main(["diagnose", network, str(made / "model.safetensors"), "--dataset", "none"]) == 2


def test_refusals_are_a_table() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4), nn.GELU())
    with pytest.raises(Unconvertible) as refused:
        convert(model, torch.rand(8, 4), Rate(4))
    table = refusals(refused.value)
    assert len(table) >= 1 and table.columns == ("layer", "kind", "reason", "try")
    assert all(row["reason"] and row["try"] and "; try" not in row["reason"] for row in table)
