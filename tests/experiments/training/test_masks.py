"""Training that prunes on the way."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.pruners.spending import additions
from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.models.table import build
from spikewright.experiments.training.masks import epoch_masks
from spikewright.experiments.training.recipe import PruneRecipe
from spikewright.experiments.training.run import TrainRecipe, train

RECIPE = TrainRecipe(epochs=4, batch_size=32, lr=0.02, activity=0.1, precision="bfloat16", seed=2)


MASKS = {
    "single": PruneRecipe(0.8, rounds=3),
    "blocks": PruneRecipe(0.8, "channel-block", 8, scope="layer", rounds=2, spare=("conv1", "fc2")),
    "1:4": PruneRecipe(0.75, "n:m", 4, scope="layer", rounds=2),
}
ADDITIONS = PruneRecipe(0.8, "channel-block", 8, scope="layer", rounds=2, spare=("conv1", "fc2"), counted="additions")


EACH_MASK = pytest.mark.parametrize("prune", MASKS.values(), ids=MASKS)


class Stop(Exception):
    """The user's interruption."""


@pytest.fixture(scope="module")
def few() -> Dataset:
    return load_dataset("digits").first(train=200, test=50)


def stop_at(epoch: int):
    def progress(stage: str, done: int, total: int) -> None:
        if done == epoch:
            raise Stop

    return progress


@pytest.mark.parametrize("prune", [*MASKS.values(), ADDITIONS], ids=[*MASKS, "additions"])
@pytest.mark.parametrize("stopped", [1, 3])
def test_masked_training_in_bfloat16_resumes_to_the_same_bytes(
    few: Dataset, tmp_path: Path, prune: PruneRecipe, stopped: int
) -> None:
    recipe, folder = replace(RECIPE, prune=prune), tmp_path / "run"
    whole, first, second = (build("small_cnn", seed=1) for _ in range(3))
    log = train(whole, few, recipe)
    with pytest.raises(Stop):
        train(first, few, recipe, checkpoint=folder, progress=stop_at(stopped))
    assert train(second, few, recipe, checkpoint=folder) == log
    assert all(torch.equal(value, second.state_dict()[name]) for name, value in whole.state_dict().items())
    assert all(value.dtype == torch.float32 and value.is_contiguous() for value in second.state_dict().values())


@EACH_MASK
def test_masks_only_lose_weights_and_the_last_ones_hold(few: Dataset, tmp_path: Path, prune: PruneRecipe) -> None:
    recipe, model = replace(RECIPE, prune=prune), build("small_cnn", seed=1)
    alive: list[dict[str, torch.Tensor]] = []

    def look(stage: str, done: int, total: int) -> None:
        alive.append({name: value != 0 for name, value in model.state_dict().items() if "weight" in name})

    train(model, few, recipe, progress=look)
    for before, after in pairwise(alive):
        assert not any((after[name] & ~before[name]).any() for name in after)
    pruned = {name: mask for name, mask in alive[-1].items() if name.removesuffix(".weight") not in prune.spare}
    assert all(mask.all() for name, mask in alive[-1].items() if name not in pruned)
    gone = sum(int((~mask).sum()) for mask in pruned.values()) / sum(mask.numel() for mask in pruned.values())
    assert abs(gone - prune.sparsity) < 0.02  # a block of 8 in each layer; fc2's last group of n:m is short
    now = epoch_masks(model, prune, recipe.epochs, torch.from_numpy(few.train_images))
    assert all(torch.equal(mask, pruned[f"{path}.weight"]) for path, mask in now.items())


def test_bfloat16_differs_from_float32_but_not_by_much(few: Dataset) -> None:
    losses = []
    for precision in ("float32", "bfloat16"):
        model = build("small_cnn", seed=1)
        log = train(model, few, replace(RECIPE, epochs=1, precision=precision))
        losses.append(log.epochs[0].loss)
        assert all(value.dtype == torch.float32 for value in model.state_dict().values())
    assert losses[0] != losses[1] and losses[0] == pytest.approx(losses[1], rel=0.02)


@EACH_MASK
def test_recipe_as_json(prune: PruneRecipe) -> None:
    recipe = replace(RECIPE, prune=prune)
    assert TrainRecipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe
    with pytest.raises(InvalidInput, match="colour"):
        TrainRecipe.from_dict({"prune": {"sparsity": 0.5, "colour": 1}})


def test_sparsity_rises_as_the_cubic_says() -> None:
    prune = PruneRecipe(0.8, rounds=4)
    # Golden: 1 - (3/4)^3 = 37/64, 1 - (1/2)^3 = 7/8, 1 - (1/4)^3 = 63/64 of 0.8.
    assert [prune.target(epoch) for epoch in range(6)] == pytest.approx([0.4625, 0.7, 0.7875, 0.8, 0.8, 0.8])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda few: TrainRecipe(precision="float8"), "precision"),
        (lambda few: TrainRecipe(epochs=3, prune=PruneRecipe(0.5)), "at least 4 epochs"),
        (lambda few: PruneRecipe(1.0), "sparsity"),
        (lambda few: PruneRecipe(0.5, rounds=0), "rounds"),
        (lambda few: PruneRecipe(0.5, scope="row"), "scope"),
        (lambda few: train(build("small_cnn"), few, replace(RECIPE, prune=PruneRecipe(0.5, "row"))), "pattern"),
        (lambda few: train(build("small_cnn"), few, replace(RECIPE, prune=PruneRecipe(0.5, spare=("x",)))), "spare"),
    ],
)
def test_recipes_that_cannot_be(few: Dataset, call, reason: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput, match=reason):
        call(few)


def test_additions_are_pruned_in_the_rounds_and_what_is_left_stays(few: Dataset) -> None:
    recipe, model = replace(RECIPE, prune=ADDITIONS), build("small_cnn", seed=1)
    alive: list[dict[str, torch.Tensor]] = []
    images = torch.from_numpy(few.train_images)

    def look(stage: str, done: int, total: int) -> None:
        alive.append({path: layer.weight != 0 for path, layer in weight_layers(model).items()})

    train(model, few, recipe, progress=look)
    assert all(alive[0][path].all() and alive[-1][path].all() for path in ADDITIONS.spare)
    for path in ("conv2", "fc1"):
        assert torch.equal(alive[2][path], alive[-1][path])
    each = additions(model, weight_layers(model, ADDITIONS.spare), images)
    share = {path: float(one[alive[-1][path]].sum() / one.sum()) for path, one in each.items()}
    assert all(part < 0.3 for part in share.values())  # of a fifth, since neurons fire otherwise after it


def test_spared_layers_keep_the_zeros_of_an_earlier_pruning_but_start_at_zero_where_they_may(few: Dataset) -> None:
    model = build("small_cnn", seed=1)
    images = torch.from_numpy(few.train_images)
    with torch.no_grad():
        model.get_parameter("fc1.weight")[:, ::2] = 0
        model.get_parameter("fc2.weight").zero_()
    prune = PruneRecipe(0.5, rounds=1, spare=("conv1", "fc1", "fc2"))
    masks = epoch_masks(model, prune, 0, images)
    assert set(masks) == {"conv2", "fc1"}
    assert not masks["fc1"][:, ::2].any() and masks["fc1"][:, 1::2].all()
    train(model, few, replace(RECIPE, prune=prune))
    assert not model.get_parameter("fc1.weight")[:, ::2].any()
    assert (model.get_parameter("fc2.weight") != 0).float().mean() > 0.5
