"""The model of a study: trained, of the zoo, or the user's own."""

from pathlib import Path

import torch

from spikewright.compress import QuantizedReLU
from spikewright.experiments import card
from spikewright.experiments.models.table import build
from spikewright.experiments.runs.artifacts import load_model
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.study import run_study
from spikewright.experiments.training.checkpoint import save_weights
from tests.experiments.studies.small_study import small

OWN = {"factory": "torch.nn:Identity"}


def test_settings_are_what_is_not_as_by_default() -> None:
    trained, *_ = expand(small())
    assert trained.params["settings"] == {"architecture": "small_cnn", "training": {"epochs": 1, "batch_size": 32}}
    taken, *_ = expand(small(model={"zoo": "small-digits"}))
    assert taken.params["settings"] == {"zoo": "small-digits"} and not taken.needs
    assert taken.params["weights_md5"] == card("small-digits").weights_md5


def test_levels_are_trained_and_read_again(tmp_path: Path) -> None:
    """The model that a stage writes is the one that the next reads: staircases and all."""
    model = {"architecture": "small_cnn", "training": {"epochs": 1, "batch_size": 32, "levels": 3}}
    result = run_study(small(model=model), tmp_path / "out")
    made = load_model(result.path("train", "ann", "model.safetensors"))
    assert {each.levels for each in made.modules() if isinstance(each, QuantizedReLU)} == {3}
    assert result.complete and len(result.tables["conversion"])


def test_weights_count_by_what_they_hold_and_not_by_where_they_lie(tmp_path: Path) -> None:
    keys = []
    for name, scale in (("a", 1.0), ("b", 1.0), ("c", 2.0)):
        model = build("small_cnn")
        with torch.no_grad():
            next(model.parameters()).mul_(scale)
        path = tmp_path / f"{name}.safetensors"
        save_weights(path, model)
        cell, *_ = expand(small(model={**OWN, "weights": str(path)}))
        assert cell.place["weights"] == str(path)
        keys.append(cell.key)
    assert keys[0] == keys[1] != keys[2]
