"""Biases: what a shift adds is taken off to the last bit, however far it is; float64 where times carry one, else float32."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion import Rate, Ttfs, convert
from spikewright.conversion.biases import biases_of
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import Below, CodeTraits, Plan
from spikewright.conversion.reading.shifts import one_sided
from spikewright.conversion.recipes import Recipe
from spikewright.conversion.recipes.coding import Coding
from spikewright.snn import Network, TtfsCode, simulate

X = torch.rand(4, 2, 6, 6, generator=torch.Generator().manual_seed(0))


def small() -> nn.Module:
    """Signed values that a maximum, a convolution with zeros around it, averages and a linear layer read."""
    torch.manual_seed(0)
    signed = (nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.MaxPool2d(2))
    model = nn.Sequential(*signed, nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten()).eval()
    model[1].running_var.fill_(0.3)
    return nn.Sequential(*model, nn.Linear(4, 3))


class Far(Ttfs):
    """Shifted by a hundred thousand."""

    def below(self, plan: Plan, images: torch.Tensor) -> dict[str, Below]:
        return {name: Below(np.asarray(1e5)) for name in super().below(plan, images)}

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        made = super().coding(plan, images)
        assert all(unit.shift is None or unit.shift == 1e5 for unit in plan.units)
        return made


def logits(network: Network, engine: str = "event") -> np.ndarray:
    return simulate(network, X.numpy(), engine=None if engine == "event" else engine).logits


@pytest.mark.parametrize("engine", ["event", "reference"])
def test_how_far_values_are_shifted_changes_no_answer(engine: str) -> None:
    near = convert(small(), X, Ttfs(margin=1.0), judge=False)
    far = convert(small(), X, Far(margin=1.0), judge=False)
    assert any(p.below is not None and np.max(p.below) == 1e5 for p in far.populations)
    np.testing.assert_allclose(logits(far, engine), logits(near, engine), atol=1e-10)


@pytest.mark.parametrize(("recipe", "kinds"), [(Ttfs(), {"float32", "float64"}), (Rate(16), {"float32"})])
def test_only_what_carries_a_shift_in_time_is_wide(recipe: Recipe, kinds: set[str]) -> None:
    network = convert(small(), X, recipe, judge=False)
    assert {str(p.bias.dtype) for p in network.populations if np.ndim(p.bias)} == kinds


def test_files_keep_wide_biases(tmp_path) -> None:
    network = convert(small(), X, Far(margin=1.0), judge=False)
    network.save(tmp_path / "network.snn")
    assert np.array_equal(logits(Network.load(tmp_path / "network.snn")), logits(network))


def test_a_plan_without_shifts_has_its_own_biases() -> None:
    plan = plan_of(nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 2)).eval(), X)
    found = biases_of(one_sided(plan, {}), TtfsCode(), [])
    assert set(found) == {unit.name for unit in plan.units} and found[plan.units[0].name].shape == (3,)
    assert CodeTraits().two_sided and all(np.asarray(bias).dtype == np.float32 for bias in found.values())
