"""A user's own model and data."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright.experiments.cli import main
from spikewright.experiments.report.tables import read_table
from spikewright.experiments.training.checkpoint import save_weights
from spikewright.snn import Network

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
