"""A line in the table becomes a network with its card."""

from pathlib import Path

import pytest
import torch

from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.training.recipe import PruneRecipe
from spikewright.experiments.training.run import TrainRecipe, accuracy
from spikewright.experiments.zoo import card, load
from spikewright.experiments.zoo.recipes import ENTRIES, Entry
from spikewright.experiments.zoo.training import train_entry


def test_a_line_in_the_table_becomes_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = TrainRecipe(epochs=2, batch_size=64, lr=0.01, optimiser="adam", seed=3)
    monkeypatch.setitem(ENTRIES, "new", Entry("small_cnn", "digits", recipe))
    made = train_entry("new", tmp_path / "first", checkpoint=tmp_path / "run")
    assert card("new", tmp_path / "first") == made
    digits = load_dataset("digits")
    assert accuracy(load("new", tmp_path / "first"), digits.test_images, digits.test_labels) == made.accuracy
    assert train_entry("new", tmp_path / "second").weights_md5 == made.weights_md5  # same recipe, same bytes


def test_a_card_names_every_commit_that_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = TrainRecipe(epochs=2, batch_size=256, lr=0.01)
    monkeypatch.setitem(ENTRIES, "new", Entry("small_cnn", "digits", recipe))

    def stop(stage: str, done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    for name in ("spikewright.experiments.training.checkpoint", "spikewright.experiments.zoo.training"):
        monkeypatch.setattr(f"{name}.current_commit", lambda: "first")
    with pytest.raises(KeyboardInterrupt):
        train_entry("new", tmp_path, checkpoint=tmp_path / "run", progress=stop)
    for name in ("spikewright.experiments.training.checkpoint", "spikewright.experiments.zoo.training"):
        monkeypatch.setattr(f"{name}.current_commit", lambda: "second")
    made = train_entry("new", tmp_path, checkpoint=tmp_path / "run")
    assert made.commit == "first and second" and made.threads == 1
    alone = train_entry("new", tmp_path / "whole")
    assert (alone.commit, alone.weights_md5) == ("second", made.weights_md5)


def test_a_line_with_a_base_starts_from_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prune = PruneRecipe(0.5, "channel-block", 8, scope="layer", rounds=1)
    recipe = TrainRecipe(epochs=1, batch_size=64, lr=1e-9, weight_decay=0.0, prune=prune)
    monkeypatch.setitem(ENTRIES, "new", Entry("small_cnn", "digits", recipe, base="small-digits"))
    made = train_entry("new", tmp_path)
    assert made.base == "small-digits" and card("new", tmp_path) == made
    before, after = load("small-digits").state_dict(), load("new", tmp_path).state_dict()
    for name, value in after.items():
        alive = value != 0
        assert torch.allclose(value[alive], before[name][alive], atol=1e-6)  # a step of nearly no length
        assert alive.all() or not name.endswith("bias")
