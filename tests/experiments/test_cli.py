"""The command line: each command takes the file that the one before wrote."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright.experiments.cli import main
from spikewright.experiments.cli.parser import commands
from spikewright.experiments.models.table import build
from spikewright.experiments.report.tables import read_table
from spikewright.experiments.runs.artifacts import kind_of, load_model
from spikewright.experiments.runs.origin import Origin, origin_of, stamp
from spikewright.experiments.training.checkpoint import save_weights
from spikewright.snn import Network

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of train, compress and convert, made by the commands themselves."""
    folder = tmp_path_factory.mktemp("pipeline")
    quick = ["--quiet", "--epochs", "1"]
    assert main(["train", *quick, "--out", str(folder / "model.safetensors")]) == 0
    source, small = str(folder / "model.safetensors"), str(folder / "small.safetensors")
    assert main(["compress", source, *quick, "--images", "64", "--activation-bits", "3", "--out", small]) == 0
    assert main(["convert", small, "--out", str(folder / "net.spike"), "--samples", "50"]) == 0
    assert main(["convert", small, "--recipe", "ttfs", "--out", str(folder / "ttfs.spike"), "--samples", "50"]) == 0
    return folder


def test_files_say_what_they_are(made: Path) -> None:
    kinds = {path.name: kind_of(path) for path in made.iterdir()}
    expected = {
        "model.safetensors": "weights",
        "small.safetensors": "compressed",
        "net.spike": "network",
        "ttfs.spike": "network",
    }
    assert kinds == expected
    for path in made.iterdir():
        origin = origin_of(path)
        assert origin is not None and (origin.model, origin.dataset) == ("small_cnn", "digits")
    assert len(origin_of(made / "model.safetensors").log) == 1  # type: ignore[union-attr]


def test_simulate_writes_both_tables(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["simulate", str(made / "net.spike"), "--images", "20", "--steps", "3", "--out", str(tmp_path / "act")])
        == 0
    )
    table = read_table(tmp_path / "act.parquet")
    assert table["population"][0] == "whole" and table["steps"][0] == 3 and table["samples"][0] == 20
    assert read_table(tmp_path / "act.csv").columns == table.columns
    assert "20 test images in 3 steps" in capsys.readouterr().out


def test_attack_takes_models_and_networks(made: Path, tmp_path: Path) -> None:
    files = [str(made / name) for name in ("model.safetensors", "small.safetensors", "net.spike")]
    told = [
        "--images",
        "8",
        "--epsilons",
        "0.3",
        "--attacks",
        "fgsm",
        "--noise",
        "impulse",
        "--strengths",
        "0.1",
        "--quiet",
    ]
    assert main(["attack", *files, *told, "--out", str(tmp_path / "attack")]) == 0
    table = read_table(tmp_path / "attack.parquet")
    assert set(table["model"]) == set(files)
    assert set(table["perturbation"]) == {"clean", "FGSM", "ImpulseNoise"}


def test_a_network_that_is_attacked_by_transfer(made: Path, tmp_path: Path) -> None:
    told = ["--transfer-from", str(made / "model.safetensors"), "--attacks", "fgsm", "--epsilons", "0.1", "--quiet"]
    assert main(["attack", str(made / "ttfs.spike"), *told, "--images", "8", "--out", str(tmp_path / "t")]) == 0
    assert any("from" in name for name in read_table(tmp_path / "t.parquet")["perturbation"])


def test_estimate_explore_export(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = str(made / "net.spike")
    assert main(["estimate", net, "--images", "20", "--out", str(tmp_path / "estimate")]) == 0
    assert read_table(tmp_path / "estimate.parquet")["layer"][-1] == "total"
    assert main(["explore", net, "--images", "20", "--quiet", "--out", str(tmp_path / "explore")]) == 0
    table = read_table(tmp_path / "explore.parquet")
    assert sum(table["chosen"]) == 1
    assert (tmp_path / "explore-pareto.png").stat().st_size > 1000
    capsys.readouterr()
    assert main(["export", net, "--images", "20", "--golden", "2", "--out", str(tmp_path / "core")]) == 0
    assert "replaying 2 golden images gives the same spikes" in capsys.readouterr().out
    assert (tmp_path / "core" / "core.json").is_file()


FACTORY = """
from torch import nn
def tiny():
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))
"""


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_a_users_own_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    Path("theirs.py").write_text(FACTORY)
    sys.modules.pop("theirs", None)
    sys.path.insert(0, str(tmp_path))
    import theirs

    weights = f"w{ending}"
    if ending == ".pt":
        torch.save(theirs.tiny().state_dict(), weights)
    else:
        save_weights(Path(weights), theirs.tiny())
    own = ["--model", "theirs:tiny", "--weights", weights, "--dataset", "digits"]
    assert main(["convert", *own, "--samples", "30", "--out", "own.spike"]) == 0
    assert main(["simulate", "own.spike", "--images", "10"]) == 0
    assert Network.load("own.spike").by_name["input"].shape == (1, 8, 8)


def test_a_users_own_data(made: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).random((12, 1, 8, 8), dtype=np.float32)
    labels = np.arange(12) % 10
    np.savez(tmp_path / "mine.npz", train_images=images, train_labels=labels, test_images=images, test_labels=labels)
    told = ["--dataset", str(tmp_path / "mine.npz"), "--out", str(tmp_path / "a")]
    assert main(["simulate", str(made / "net.spike"), *told]) == 0
    assert read_table(tmp_path / "a.parquet")["samples"][0] == 12


def test_interrupted(made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spikewright.experiments.cli.models.load_network", interrupt)
    assert main(["simulate", str(made / "net.spike")]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize("command", commands())
def test_help_shows_an_example_and_a_seed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert f"example:\n  spikewright {command}" in shown and "--seed" in shown


def test_help_is_instant() -> None:
    """It loads the standard library and this project's own files, and nothing that takes time."""
    code = (
        "import sys\n"
        "from spikewright.experiments.cli import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules} - {*sys.stdlib_module_names})"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = {name for name in shown.splitlines()[-1].split() if not name.startswith(("_", "sitecustom"))}
    assert loaded <= {"experiments", "spikewright"}


def test_a_file_of_another_model_needs_it_named_again(tmp_path: Path) -> None:
    """A factory is only imported when the user names it, never because a file does."""
    path = tmp_path / "own.safetensors"
    save_weights(path, build("small_cnn"))
    stamp(path, Origin("os:getcwd", "digits"))
    with pytest.raises(ValueError, match="try --model"):
        load_model(path)
