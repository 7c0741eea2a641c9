"""A training: seeded, resumed to the same bytes, and what stops it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spikewright import InvalidInput
from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.models.table import build
from spikewright.experiments.training.run import TrainRecipe, _augment, accuracy, predict, train

RECIPE = TrainRecipe(epochs=3, batch_size=16, lr=0.02, shift=1, flip=True, seed=5)


@pytest.fixture(scope="module")
def few() -> Dataset:
    return load_dataset("digits").first(train=150, test=50)


def weights(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in first)


class Stop(Exception):
    """The user's interruption."""


def stop_at(epoch: int):
    def progress(stage: str, done: int, total: int) -> None:
        if done == epoch:
            raise Stop

    return progress


def normed() -> nn.Module:
    """A small network with batch norm, whose running statistics are state too."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10)
        )


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("stopped", [1, 2])
def test_resumed_training_equals_an_uninterrupted_one(
    few: Dataset, tmp_path: Path, optimiser: str, stopped: int
) -> None:
    recipe = replace(RECIPE, optimiser=optimiser, lr=0.01)
    whole = normed()
    log = train(whole, few, recipe)
    with pytest.raises(Stop):
        train(normed(), few, recipe, checkpoint=tmp_path / "run", progress=stop_at(stopped))
    resumed = normed()
    seen: list[int] = []
    again = train(
        resumed, few, recipe, checkpoint=tmp_path / "run", progress=lambda stage, done, total: seen.append(done)
    )
    assert seen == list(range(stopped, 4))  # only the missing epochs were run
    assert again == log and len(log.epochs) == 3
    assert same(weights(whole), weights(resumed))
    assert not resumed.training


def test_a_finished_checkpoint_is_loaded_and_not_trained_further(few: Dataset, tmp_path: Path) -> None:
    model = normed()
    log = train(model, few, RECIPE, checkpoint=tmp_path / "run")
    other = normed()
    assert train(other, few, RECIPE, checkpoint=tmp_path / "run") == log
    assert same(weights(model), weights(other))
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_same_seed_same_weights_other_seed_other_weights(few: Dataset) -> None:
    models = [normed() for _ in range(3)]
    for model, seed in zip(models, (1, 1, 2), strict=True):
        train(model, few, replace(RECIPE, epochs=1, seed=seed))
    assert same(weights(models[0]), weights(models[1]))
    assert not same(weights(models[0]), weights(models[2]))


def test_it_learns() -> None:
    model, digits = build("small_cnn"), load_dataset("digits")
    log = train(model, digits, TrainRecipe(epochs=8, batch_size=32, lr=0.01, optimiser="adam"))
    assert log.epochs[-1].loss < log.epochs[0].loss / 4
    assert log.test_accuracy > 0.9
    assert log.test_accuracy == accuracy(model, digits.test_images, digits.test_labels)
    assert log.to_table().columns == ("epoch", "loss", "test_accuracy", "seconds")


def test_loss_that_is_not_finite(few: Dataset) -> None:
    model = normed()
    nn.init.constant_(model[4].weight, float("inf"))
    with pytest.raises(InvalidInput, match="smaller lr"):
        train(model, few, replace(RECIPE, epochs=1))


def test_prediction_keeps_the_mode_and_does_not_depend_on_batches(few: Dataset) -> None:
    model = normed()
    assert model.training
    whole = predict(model, few.test_images)
    assert model.training and whole.dtype == np.int64
    assert np.array_equal(whole, predict(model, few.test_images, batch_size=7))
    assert len(predict(model, few.test_images[:0])) == 0
    with pytest.raises(InvalidInput):
        accuracy(model, few.test_images, few.test_labels[:3])


@given(shift=st.integers(0, 3), flip=st.booleans(), seed=st.integers(0, 99))
def test_augmentation_moves_pixels_and_makes_none(shift: int, flip: bool, seed: int) -> None:
    recipe = TrainRecipe(shift=shift, flip=flip)
    images = torch.zeros(5, 2, 9, 9)
    images[:, 0, 4, 4], images[:, 1, 4, 4] = 0.25, 0.75  # one dot in the middle: it stays inside and marks the place
    moved = _augment(images, recipe, np.random.default_rng(seed))
    assert torch.equal(moved.sum((2, 3)), images.sum((2, 3)))
    _, _, rows, columns = moved[:, :1].nonzero(as_tuple=True)
    assert ((rows - 4).abs() <= shift).all() and ((columns - 4).abs() <= shift).all()
    assert torch.equal(moved[:, 0] * 3, moved[:, 1])  # channels move together


@given(side=st.integers(1, 12), seed=st.integers(0, 99))
def test_cutout_blanks_a_square_with_the_mean_colour(side: int, seed: int) -> None:
    images = torch.rand(6, 2, 9, 7, generator=torch.Generator().manual_seed(seed))
    cut = _augment(images, TrainRecipe(cutout=side), np.random.default_rng(seed))
    for before, after in zip(images, cut, strict=True):
        changed = (before != after).any(0)
        rows, columns = changed.any(1).nonzero().flatten(), changed.any(0).nonzero().flatten()
        assert 1 <= len(rows) <= side and 1 <= len(columns) <= side
        assert changed.sum() == len(rows) * len(columns) == (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
        blank = after[:, changed]
        assert torch.equal(blank, before.mean((1, 2))[:, None].expand_as(blank))


def test_maps_of_classes_are_refused_by_name(few: Dataset) -> None:
    """They would be compared with the labels of images by broadcasting."""
    with pytest.raises(InvalidInput, match=r"logits \(batch, classes\), got \(50, 10, 8, 8\)"):
        predict(nn.Conv2d(1, 10, 1), few.test_images)
