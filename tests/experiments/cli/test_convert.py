"""convert and diagnose: every recipe, refusals as a table, where a network loses and what to compare it with."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.experiments.cli import main
from spikewright.experiments.cli.arguments import RECIPE
from spikewright.experiments.cli.asked import record
from spikewright.experiments.cli.parser import make_parser
from spikewright.experiments.data import load_dataset
from spikewright.experiments.families import RECIPES
from spikewright.experiments.report.tables import read_table
from spikewright.snn import Network


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


def test_check_lists_what_stands_in_the_way_and_writes_nothing(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, network = str(made / "model.safetensors"), tmp_path / "n.spike"
    told = ["convert", source, "--samples", "20", "--quiet", "--check", "--out", str(network)]
    assert main(told) == 0
    shown = capsys.readouterr().out
    assert "nothing stands in the way" in shown and not network.exists()
    assert main([*told, "--recipe", "quantized"]) == 2
    captured = capsys.readouterr()
    assert "Quantized" in captured.out and "refused by" in captured.out and "see the table" in captured.err
    assert not network.exists()


def standardised(folder: Path) -> Path:
    """Digits as a user has them who standardised them, and a network for them."""
    data = load_dataset("digits").first(120, 40)
    parts = {name: getattr(data, name) for name in ("train_images", "train_labels", "test_images", "test_labels")}
    moved = {name: (part - 0.3) / 0.4 if name.endswith("images") else part for name, part in parts.items()}
    np.savez(folder / "own.npz", **moved, input_range=np.array([(0 - 0.3) / 0.4, (1 - 0.3) / 0.4]))
    return folder / "own.npz"


def test_inputs_of_another_range_go_the_whole_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """train, convert, simulate and attack: none of them asks for images in [0, 1]."""
    data = ["--dataset", str(standardised(tmp_path)), "--quiet"]
    model, network = str(tmp_path / "m.safetensors"), str(tmp_path / "n.spike")
    assert main(["train", "--model", "small_cnn", "--epochs", "2", "--out", model, *data]) == 0
    assert main(["convert", model, "--recipe", "ttfs", "--no-diagnosis", "--out", network, *data]) == 0
    assert Network.load(network).run.input_range.low == pytest.approx(-0.75)  # type: ignore[union-attr]
    assert main(["simulate", network, "--out", str(tmp_path / "s.json"), *data]) == 0
    attack = ["--attacks", "fgsm", "--epsilons", "0.2", "--images", "16", "--out", str(tmp_path / "a.json")]
    assert main(["attack", model, network, *attack, *data]) == 0
    wide = ["--input-range", "-1", "2", "--no-diagnosis", "--force", "--out", network]
    assert main(["convert", model, "--recipe", "ttfs", *wide, *data]) == 0
    assert Network.load(network).run.input_range.high == 2.0  # type: ignore[union-attr]
    capsys.readouterr()
    narrow = ["--input-range", "0", "1", "--no-diagnosis", "--force", "--out", network]
    assert main(["convert", model, "--recipe", "ttfs", *narrow, *data]) == 2
    assert "in [0, 1], got -0.75" in capsys.readouterr().err


def test_one_of_several_outputs_is_taken_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file of a compressed one as well as the weights, with the same words."""
    torch.manual_seed(0)
    weights, small, network = (str(tmp_path / name) for name in ("w.pt", "c.safetensors", "n.spike"))
    torch.save(two_heads().state_dict(), weights)
    own = ["--model", f"{__name__}:two_heads", "--dataset", "digits", "--quiet"]
    chosen = [*own, "--output", "logits"]
    assert main(["convert", "--weights", weights, "--no-diagnosis", "--out", network, *own]) == 2
    assert "output='logits'" in capsys.readouterr().out
    assert main(["convert", "--weights", weights, "--no-diagnosis", "--out", network, *chosen]) == 0
    assert Network.load(network).classes == 10
    shorter = [
        "--sparsity",
        "0.2",
        "--rounds",
        "1",
        "--round-epochs",
        "0",
        "--final-epochs",
        "1",
        "--quantize-epochs",
        "1",
    ]
    assert main(["compress", "--weights", weights, "--out", small, *shorter, *chosen]) == 0, capsys.readouterr().err
    assert main(["convert", small, "--no-diagnosis", "--force", "--out", network, *chosen]) == 0


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Linear(64, 20), nn.Linear(20, 10)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        hidden = self.body(x.flatten(1)).relu()
        return {"logits": self.head(hidden), "hidden": hidden}


def two_heads() -> nn.Module:
    return TwoHeads()
