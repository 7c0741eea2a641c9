"""The sweep of codes: each has its recipe, and what refuses a network is told in its row."""

from pathlib import Path

import torch
from torch import nn

from spikewright.conversion import Ttfs
from spikewright.conversion.recipes import Recipe
from spikewright.experiments.data import load_dataset
from spikewright.experiments.measuring.codes import CodeMeasurement, recipes
from tests.experiments.measuring.asking import SMALL, measured


def test_every_code_is_a_recipe_of_its_own() -> None:
    codes = recipes()
    assert all(isinstance(recipe, Recipe) for recipe in codes.values())
    assert len(set(map(repr, codes.values()))) == len(codes) and recipes()["TTFS, exact"] == Ttfs()


def test_what_refuses_a_network_is_told_in_its_row() -> None:
    data, times = load_dataset("digits").first(40, 20), CodeMeasurement("mine", 40, "TTFS, exact")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        good = nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10)).eval()
        bad = nn.Sequential(nn.Flatten(), nn.Linear(64, 12), nn.Tanh(), nn.Linear(12, 10)).eval()
    row = times.measure(good, data)
    assert 0 <= row["accuracy"] <= 1 and row["agreement"] == 1 and not row.get("refused")
    assert "tanh" in times.measure(bad, data)["refused"].lower()


def test_a_row_for_each_code_that_is_named(tmp_path: Path) -> None:
    found = measured(tmp_path, "codes", *SMALL, "--codes", "few spikes, 4 binary", "latency, 64 steps")["codes"]
    assert [row["code"] for row in found] == ["few spikes, 4 binary", "latency, 64 steps"]
    assert all(0 <= row["accuracy"] <= 1 and 0 < row["spikes_per_neuron"] for row in found)
