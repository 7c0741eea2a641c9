"""The base of all recipes: one of a user's own is a record in a module of theirs, and nothing else."""

import sys
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Annotated

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, Progress, silent
from spikewright.conversion import RECIPES, Coding, NeuronChoice, Rate, Recipe, convert
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.recipes import check_recipe
from spikewright.snn import IF, Direct, Network, ReportRow, simulate
from spikewright.tables import Within


@dataclass(frozen=True)
class Even(Recipe):
    """Every unit has the same threshold.

    steps: length of the run.
    threshold: of every neuron.
    """

    steps: Annotated[int, Within(1, 512)] = 64
    threshold: Annotated[float, Within(above=0.0)] = 4.0

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        one, neuron = np.asarray(self.threshold), IF(self.threshold)
        choices = {u.name: NeuronChoice(neuron, one, "as all others", self.threshold / 2) for u in plan.hidden}
        return Coding(Direct(self.steps), choices, 1.0, 1.0 / self.steps, ())


@dataclass(frozen=True)
class Noted(Even):
    """`Even`, with an output that adds up and a note."""

    def prepared(self, plan: Plan) -> Plan:
        return plan.integrated()

    def finished(self, network: Network, plan: Plan, images: torch.Tensor, progress: Progress = silent) -> Network:
        row = ReportRow("network", "Noted", "note", f"{len(plan.units)} units, {len(images)} samples")
        return replace(network, report=network.report.plus(row))


def case() -> tuple[nn.Module, torch.Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layers = (nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, 4), nn.ReLU())
        return nn.Sequential(*layers).eval(), torch.rand(20, 1, 6, 6)


def test_a_recipe_from_outside_converts() -> None:
    model, images = case()
    network = convert(model, images, Noted(steps=400, threshold=2.0))
    found = simulate(network, images.numpy()).logits * network.logit_scale
    assert np.allclose(found, model(images).detach().numpy(), atol=0.05)
    assert [type(p.neuron).__name__ for p in network.populations] == ["Source", "IF", "MaxGate", "IF", "Integrator"]
    assert "4 units, 20 samples" in str(network.report) and "as all others" in str(network.report)


def test_by_default_a_recipe_changes_neither_plan_nor_network() -> None:
    model, images = case()
    network = convert(model, images, Even())
    assert network.readout == "count" and network.code == Direct(64)


def test_its_fields_are_checked_against_their_annotations() -> None:
    with pytest.raises(InvalidInput, match=r"expected steps to be a whole number from 1 to 512, got 0; try steps=64"):
        Even(steps=0)
    assert Even(steps=np.int64(8)) == Even(8) and type(Even(steps=np.int64(8)).steps) is int


def test_a_table_finds_it_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("mine")
    module.Even = Even  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "mine", module)
    assert RECIPES.make("mine:Even", {"steps": 8}) == Even(8)
    assert [option.sentence for option in RECIPES.options("mine:Even")] == ["length of the run.", "of every neuron."]


@pytest.mark.parametrize("name", RECIPES)
def test_each_recipe_of_the_table_says_what_it_takes(name: str) -> None:
    """Each has a line of its own, a sentence for each field, and defaults that can be made."""
    assert RECIPES.summary(name)
    assert all(option.sentence for option in RECIPES.options(name))
    assert isinstance(RECIPES.make(name, {}), Recipe)


def test_what_is_no_recipe_is_refused() -> None:
    for wrong in ("rate", Rate, None):
        with pytest.raises(InvalidInput, match=r"expected a recipe out of Rate, .*; try Rate\(steps=7\)"):
            check_recipe(wrong)
