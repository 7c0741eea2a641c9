"""Files that commands hand on say what they are, and none is believed more than it should be."""

from pathlib import Path

import pytest
import torch

from spikewright.experiments import card, load
from spikewright.experiments.models.table import build
from spikewright.experiments.runs.artifacts import kind_of, load_model
from spikewright.experiments.runs.origin import Origin, origin_of, stamp
from spikewright.experiments.training.checkpoint import save_weights


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


def test_a_file_of_another_model_needs_it_named_again(tmp_path: Path) -> None:
    """A factory is only imported when the user names it, never because a file does."""
    path = tmp_path / "own.safetensors"
    save_weights(path, build("small_cnn"))
    stamp(path, Origin("os:getcwd", "digits"))
    with pytest.raises(ValueError, match="try --model"):
        load_model(path)


@pytest.mark.parametrize("name", ["small-digits", "vgg7-cifar10-qcfs"])
def test_a_network_of_the_zoo_comes_back_from_its_file(tmp_path: Path, name: str) -> None:
    """One whose activations have learned levels too."""
    path, known, model = tmp_path / "m.safetensors", card(name), load(name)
    save_weights(path, model, Origin(known.model, known.dataset, levels=known.recipe.levels))
    state = load_model(path).state_dict()
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
