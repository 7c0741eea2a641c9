"""Checkpoints: what they belong to, damage, and weights as files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from spikewright import InvalidFile
from spikewright.errors import UnusableCheckpoint
from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.models.table import build
from spikewright.experiments.training.checkpoint import load_weights, save_weights
from spikewright.experiments.training.run import TrainRecipe, train
from spikewright.marker import MARKER

RECIPE = TrainRecipe(epochs=3, batch_size=16, lr=0.02, shift=1, flip=True, seed=5)


@pytest.fixture(scope="module")
def few() -> Dataset:
    return load_dataset("digits").first(train=150, test=50)


def weights(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in first)


def normed() -> nn.Module:
    """A small network with batch norm, whose running statistics are state too."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10)
        )


def test_an_empty_folder_is_a_checkpoint_of_nothing(few: Dataset, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    log = train(normed(), few, replace(RECIPE, epochs=1), checkpoint=tmp_path / "run")
    assert train(normed(), few, replace(RECIPE, epochs=1), checkpoint=tmp_path / "run") == log


def test_checkpoint_of_another_run_is_refused(few: Dataset, tmp_path: Path) -> None:
    train(normed(), few, replace(RECIPE, epochs=1), checkpoint=tmp_path / "run")
    with pytest.raises(UnusableCheckpoint, match="checkpoint of this run"):
        train(normed(), few, RECIPE, checkpoint=tmp_path / "run")
    with pytest.raises(UnusableCheckpoint, match="checkpoint of this run"):
        train(normed(), few.first(train=100), replace(RECIPE, epochs=1), checkpoint=tmp_path / "run")
    with pytest.raises(InvalidFile, match="fit the model"):
        train(build("small_cnn"), few, replace(RECIPE, epochs=1), checkpoint=tmp_path / "run")


@pytest.mark.parametrize("name", ["weights.safetensors", "optimiser.pt", "log.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "truncated"])
def test_damaged_checkpoint(few: Dataset, tmp_path: Path, name: str, damage: str) -> None:
    recipe = replace(RECIPE, epochs=1)
    train(normed(), few, recipe, checkpoint=tmp_path / "run")
    path = tmp_path / "run" / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"" if damage == "empty" else content[: len(content) // 2])
    with pytest.raises(UnusableCheckpoint, match="expected"):
        train(normed(), few, recipe, checkpoint=tmp_path / "run")


def test_checkpoint_of_another_version(few: Dataset, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    train(normed(), few, recipe, checkpoint=tmp_path / "run")
    path = tmp_path / "run" / "log.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 99}))
    (tmp_path / "run" / MARKER).unlink()  # as of a time when folders had none
    with pytest.raises(UnusableCheckpoint, match=r"of version 1 in .*, got 99"):
        train(normed(), few, recipe, checkpoint=tmp_path / "run")


def test_unwritable_checkpoint(few: Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InvalidFile):
        train(normed(), few, replace(RECIPE, epochs=1), checkpoint=tmp_path / "file")


def test_weights_of_another_network_are_told_by_name_and_shape(tmp_path: Path) -> None:
    save_weights(tmp_path / "w.safetensors", nn.Sequential(nn.Linear(2, 3)))
    with pytest.raises(InvalidFile, match=r"size mismatch for 0.weight: .*\[3, 2\].*\[4, 2\]"):
        load_weights(tmp_path / "w.safetensors", nn.Sequential(nn.Linear(2, 4)))
    with pytest.raises(InvalidFile, match=r'got: Missing key.*"1.weight"'):
        load_weights(tmp_path / "w.safetensors", nn.Sequential(nn.ReLU(), nn.Linear(2, 3)))


def test_weights_saved_then_loaded(tmp_path: Path) -> None:
    model, other = build("small_cnn", seed=1), build("small_cnn", seed=2)
    save_weights(tmp_path / "w.safetensors", model)
    load_weights(tmp_path / "w.safetensors", other)
    assert same(weights(model), weights(other))
