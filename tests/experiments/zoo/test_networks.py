"""The networks of the zoo are what their cards say."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from spikewright import InvalidFile, InvalidInput, experiments
from spikewright.compress.graph.weighted import weight_layers
from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.models.table import architecture, parameter_count
from spikewright.experiments.training.run import TrainRecipe, accuracy
from spikewright.experiments.zoo import WEIGHTS, card, load, names
from spikewright.experiments.zoo.__main__ import main
from spikewright.experiments.zoo.recipes import ENTRIES, Entry

LEAST_ACCURACY = {
    "small-digits": 0.975,
    "lenet300-mnist": 0.982,
    "lenet5-mnist": 0.99,
    "lenet5-fashion": 0.905,
    "mlp300-mnist": 0.982,
    "lenet64-mnist": 0.99,
    "lenet64-fashion": 0.905,
    "vgg7-cifar10": 0.915,
    "vgg7-wide-cifar10": 0.93,
    "vgg7-cifar10-quiet": 0.86,
    "resnet20-cifar10": 0.9,
    "gated-fashion": 0.9,
}


LOST_TO_BASE = {"mnist": 0.003, "fashion-mnist": 0.01, "cifar10": 0.012}


MOST_BYTES = 26_000_000


EACH_NETWORK = pytest.mark.parametrize("name", names())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the smallest network of the zoo."""
    for path in WEIGHTS.glob("small-digits.*"):
        shutil.copy(path, tmp_path)
    return tmp_path


@EACH_NETWORK
def test_network_is_what_its_card_says(name: str) -> None:
    model, known = load(name), card(name)
    assert not model.training
    assert parameter_count(model) == known.parameters
    assert (known.name, known.model, known.dataset) == (name, ENTRIES[name].model, ENTRIES[name].dataset)
    assert known.base == ENTRIES[name].base
    assert known.recipe == ENTRIES[name].recipe and known.seed == known.recipe.seed
    assert len(known.log.epochs) == known.recipe.epochs
    assert abs(known.log.test_accuracy - known.accuracy) <= (0.001 if ENTRIES[name].half else 0.0)
    assert len(known.commit.removesuffix(", changed")) == 40 and {"torch", "numpy", "python"} <= known.versions.keys()


@EACH_NETWORK
def test_network_is_good_enough(name: str) -> None:
    known = card(name)
    if known.base is None:
        assert known.accuracy >= LEAST_ACCURACY[name]
    else:
        assert known.accuracy >= card(known.base).accuracy - LOST_TO_BASE[known.dataset]


MASKED = {name: entry.recipe.prune for name, entry in ENTRIES.items() if entry.recipe.prune}


@pytest.mark.parametrize("name", [name for name, prune in MASKED.items() if prune.counted == "weights"])
def test_masked_network_has_the_zeros_of_its_recipe(name: str) -> None:
    prune, model = ENTRIES[name].recipe.prune, load(name)
    assert prune is not None and card(name).base == ENTRIES[name].base
    layers = weight_layers(model, prune.spare)
    for layer in layers.values():
        alive = layer.weight != 0
        assert abs(1 - alive.float().mean().item() - prune.sparsity) < 0.001
        groups = alive.split(prune.block or 1)
        if prune.pattern == "channel-block":
            assert all(torch.equal(group.all(0), group.any(0)) for group in groups)
        if prune.pattern == "n:m":
            assert all((group.sum(0) == 1).all() for group in groups)


@pytest.mark.parametrize("name", [name for name, prune in MASKED.items() if prune.counted == "additions"])
def test_network_of_few_additions_has_fewer_blocks_than_its_base(name: str) -> None:
    model, base = load(name), load(ENTRIES[name].base or "")
    for path, before in weight_layers(base).items():
        alive, of_base = model.get_parameter(f"{path}.weight") != 0, before.weight != 0
        assert not (alive & ~of_base).any()
        if path in MASKED[name].spare:
            assert (alive == of_base).float().mean() > 0.999  # a weight that nothing drives may become zero by itself
        else:
            assert alive.sum() < 0.6 * of_base.sum()
            assert all(torch.equal(group.all(0), group.any(0)) for group in alive.split(16))


def test_digits_network_has_the_accuracy_of_its_card() -> None:
    digits, known = load_dataset("digits"), card("small-digits")
    measured = accuracy(load("small-digits"), digits.test_images, digits.test_labels)
    assert measured >= 0.975
    assert abs(measured - known.accuracy) <= 1 / known.test_images  # another machine may round one image differently
    assert architecture(known.model).shape == digits.shape


def test_every_file_belongs_to_a_network_and_all_are_small() -> None:
    wanted = {f"{name}{suffix}" for name in names() for suffix in (".json", ".safetensors")}
    assert {path.name for path in WEIGHTS.iterdir()} == wanted
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < MOST_BYTES


def test_package_offers_the_zoo_without_loading_torch() -> None:
    assert (experiments.load, experiments.card, experiments.names) == (load, card, names)
    code = "import sys, experiments; experiments.card('small-digits'); print('torch' in sys.modules)"
    root = WEIGHTS.parents[2]
    answer = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_changed_weights_are_refused(copy: Path) -> None:
    path = copy / "small-digits.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match="expected md5"):
        load("small-digits", copy)


def test_missing_weights_say_how_to_make_them(copy: Path) -> None:
    (copy / "small-digits.safetensors").unlink()
    with pytest.raises(InvalidFile, match=r"experiments\.zoo train small-digits"):
        load("small-digits", copy)


def test_unknown_network() -> None:
    for call in (load, card):
        with pytest.raises(InvalidInput, match="lenet5-mnist"):
            call("lenet5-minst")


def test_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(ENTRIES, "small-digits", Entry("small_cnn", "digits", TrainRecipe(epochs=1)))
    assert main(["train", "small-digits", "--output", str(tmp_path)]) == 0
    assert "of 450 test images" in capsys.readouterr().out
    assert main(["list"]) == 0
    assert "lenet5 on mnist" in capsys.readouterr().out
    for arguments in (["train", "nothing"], ["train", "lenet5-mnist", "--data", str(tmp_path / "nowhere")]):
        assert main(arguments) == 2
        assert capsys.readouterr().err.startswith("expected")
