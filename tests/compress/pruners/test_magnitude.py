"""Pruning by magnitude: minimum, spared layers, patterns that hold in training."""

from dataclasses import replace
from math import ceil

import pytest
import torch
from torch import nn

from spikewright import InvalidInput, load, load_dataset
from spikewright.compress import (
    PruneSettings,
    TrainSettings,
    prune,
)
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.pruners.spending import additions
from tests.compress.pruners.test_masking import norms


def test_a_layer_at_its_minimum_is_reported() -> None:
    model = nn.Sequential(nn.Linear(20, 10), nn.ReLU(), nn.Linear(10, 4))
    with torch.no_grad():
        model[2].weight *= 1e-6
    result = prune(model, 0.9)
    assert int(result.masks["2"].sum()) == 4 and "minimum of one weight per output: 2" in result.steps[0]


def test_weights_that_are_shared_are_refused_and_computed_ones_baked_in() -> None:
    tied = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    tied[1].weight = tied[0].weight
    computed = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(4, 4)))
    with pytest.raises(InvalidInput, match="one tensor in 0 and 1"):
        prune(tied, 0.5)
    assert "baked in" in prune(computed, 0.5).steps[0]


@pytest.mark.parametrize(
    ("settings", "sparsity"),
    [
        (
            PruneSettings(pattern="channel-block", block=8, rounds=2, final_epochs=1, training=TrainSettings(epochs=1)),
            0.7,
        ),
        (PruneSettings(pattern="n:m", block=4, scope="layer", rounds=2, training=TrainSettings(epochs=1)), 0.75),
        (PruneSettings(pattern="n:m", along="input", block=4, scope="layer", training=TrainSettings(epochs=1)), 0.5),
    ],
)
def test_the_pattern_survives_fine_tuning(settings: PruneSettings, sparsity: float) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(2, 24, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24 * 4, 10))
        data = (torch.rand(32, 2, 4, 4), torch.randint(0, 10, (32,)))
    small = prune(model, sparsity, data, settings=settings)
    assert str(settings.shape) in small.steps[0]
    for path, mask in small.masks.items():
        weight = small.model.get_submodule(path).get_parameter("weight")
        assert torch.equal(weight != 0, mask)
        if settings.pattern == "channel-block":
            norms(weight, mask, 8)
        else:
            axis = ("output", "input").index(settings.along)
            n = round(4 * (1 - sparsity))
            assert all((part.sum(axis) == ceil(n * part.shape[axis] / 4)).all() for part in mask.split(4, axis))


def test_spared_layers_keep_what_they_have_and_do_not_count() -> None:
    model = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 10))
    first = prune(model, 0.25, settings=PruneSettings(scope="layer"))
    second = prune(first, 0.75, settings=PruneSettings(spare=("0", "4")))
    assert all(torch.equal(second.masks[path], first.masks[path]) for path in ("0", "4"))
    assert int(second.masks["2"].sum()) == 64 and "0, 4 spared" in second.steps[1]
    for spare in (("9",), ("0", "2", "4")):
        with pytest.raises(InvalidInput, match="spare"):
            prune(model, 0.5, settings=PruneSettings(spare=spare))


@pytest.mark.parametrize("data", [False, True], ids=["at once", "in rounds"])
def test_additions_are_counted_and_told(data: bool) -> None:
    digits = load_dataset("digits").first(300, 10)
    settings = PruneSettings(
        scope="layer", pattern="channel-block", block=8, counted="additions", spare=("conv1", "fc2"), rounds=2,
        final_epochs=1, training=TrainSettings(epochs=1),
    )  # fmt: skip
    model = load("small-digits")
    shown = (digits.train_images, digits.train_labels)
    small = prune(model, 0.7, shown, settings=settings if data else replace(settings, rounds=1, final_epochs=0))
    each = additions(small.model, weight_layers(small.model, settings.spare), torch.from_numpy(digits.train_images))
    left = {path: float(one[small.masks[path]].sum() / one.sum()) for path, one in each.items()}
    assert set(left) == {"conv2", "fc1"} and all(share < 0.4 for share in left.values())
    weights = 1 - sum(int(small.masks[path].sum()) for path in left) / sum(one.numel() for one in each.values())
    assert f"% of the additions, {100 * weights:.1f} % of the weights" in small.steps[-1]
