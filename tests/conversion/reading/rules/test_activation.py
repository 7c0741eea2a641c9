"""Activations make populations of sums, and pass what they would not change."""

import pytest
import torch
from torch import nn

from spikewright.compress import QuantizedReLU, trace
from spikewright.conversion import Unconvertible
from spikewright.conversion.reading.activations import LeakyLaw, ReluLaw, StaircaseLaw
from spikewright.conversion.reading.graph import read
from tests.conversion.reading.helpers import plan_for, rows_of


@pytest.mark.parametrize(
    ("layer", "law"),
    [
        (nn.ReLU(), ReluLaw()),
        (nn.ReLU6(), ReluLaw(6.0)),
        (nn.Hardtanh(0.0, 2.0), ReluLaw(2.0)),
        (nn.LeakyReLU(0.25), LeakyLaw(0.25)),
        (QuantizedReLU(7, 2.0), StaircaseLaw(2.0, 7)),
    ],
)
def test_a_layer_becomes_its_law(layer: nn.Module, law: object) -> None:
    plan = plan_for(nn.Sequential(nn.Linear(4, 3), layer), 4)
    assert plan.units[0].activation == law


@pytest.mark.parametrize("second", [nn.ReLU(), nn.LeakyReLU(0.1), nn.ReLU6()])
def test_what_changes_nothing_makes_no_population(second: nn.Module) -> None:
    plan = plan_for(nn.Sequential(nn.Linear(4, 3), nn.Hardtanh(0.0, 5.0), second), 4)
    assert len(plan.units) == 1 and "nothing to do" in rows_of(plan)["_2"]


def test_a_lower_limit_makes_one() -> None:
    assert len(plan_for(nn.Sequential(nn.Linear(4, 3), nn.ReLU6(), nn.Hardtanh(0.0, 0.01)), 4).units) == 2


def test_vectors_of_maps_of_two_sizes_are_two_populations() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Conv2d(1, 2, 3), nn.Conv2d(1, 1, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(torch.cat([self.one(x).flatten(1), self.two(x).flatten(1)], 1))

    plan = plan_for(Two(), 1, 5, 5)
    assert "2 populations" in rows_of(plan)["relu"]


def test_a_staircase_that_sends_nothing_is_refused() -> None:
    model = nn.Sequential(nn.Linear(4, 3), QuantizedReLU(7, 2.0))
    with torch.no_grad():
        model[1].alpha.fill_(-1.0)  # type: ignore[operator, union-attr]
    with pytest.raises(Unconvertible, match="an earlier checkpoint"):
        read(trace(model, torch.rand(2, 4)), {})
