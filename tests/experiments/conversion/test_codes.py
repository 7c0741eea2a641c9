"""The command that measures codes: each has its recipe, and what refuses a network is told in its row."""

import torch
from torch import nn

from spikewright.conversion import Ttfs
from spikewright.conversion.recipes import Recipe
from spikewright.experiments.conversion.codes import measure, recipes
from spikewright.experiments.data import load_dataset


def test_every_code_is_a_recipe_of_its_own() -> None:
    codes = recipes()
    assert all(isinstance(recipe, Recipe) for recipe in codes.values()) and len(set(map(repr, codes.values()))) == len(
        codes
    )


def test_what_refuses_a_network_is_told_in_its_row() -> None:
    data = load_dataset("digits").first(40, 20)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        good = nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10)).eval()
        bad = nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.Tanh(), nn.Linear(12, 10)).eval()
    row = measure(good, data, Ttfs())
    assert 0 <= row["accuracy"] <= 1 and row["agreement"] == 1 and not row.get("refused")
    assert "tanh" in measure(bad, data, Ttfs())["refused"].lower()
