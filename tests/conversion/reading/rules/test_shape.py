"""Sums, concatenations, reshapes, selections, endings and constants of a graph."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import trace
from spikewright.conversion import Unconvertible
from spikewright.conversion.reading.graph import read
from tests.conversion.reading.helpers import plan_for, rows_of


class Two(nn.Module):
    """A step with two layers of the same shape."""

    def __init__(self, step: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.one, self.two, self.step = nn.Conv2d(1, 3, 3), nn.Conv2d(1, 3, 3), step

    def forward(self, x: Tensor) -> Tensor:
        return self.step(torch.relu(self.one(x)), self.two(x))


@pytest.mark.parametrize(
    ("step", "terms"),
    [
        (lambda a, b: torch.relu(a + b).flatten(1), 2),
        (lambda a, b: torch.relu(a - b).flatten(1), 2),
        (lambda a, b: torch.cat([torch.relu(b), a], 1).flatten(1), 2),
        (lambda a, b: a[:, 1:, ::2, 1:3].flatten(1), 1),
        (lambda a, b: a.reshape(-1, 3, 16).flatten(1), 1),
        (lambda a, b: (2 * a - 1).flatten(1), 1),
    ],
)
def test_the_plan_computes_what_the_graph_does(step: Callable[[Tensor, Tensor], Tensor], terms: int) -> None:
    plan = plan_for(Two(step), 1, 6, 6)
    assert len(plan.output.terms) == terms


@pytest.mark.parametrize(("layer", "ending"), [(nn.Softmax(1), "softmax"), (nn.LogSoftmax(1), "log_softmax")])
def test_an_ending_is_dropped_and_said(layer: nn.Module, ending: str) -> None:
    plan = plan_for(nn.Sequential(nn.Linear(4, 3), layer), 4)
    assert plan.ending == ending and "changes no prediction" in rows_of(plan)["_1"]


def test_one_output_is_decided_by_its_sign() -> None:
    plan = plan_for(nn.Sequential(nn.Linear(4, 1), nn.Sigmoid()), 4)
    assert plan.ending == "sigmoid" and "decide by its sign" in rows_of(plan)["_1"]


def test_an_ending_inside_and_an_unknown_step_are_refused() -> None:
    with pytest.raises(Unconvertible, match=r"_1 \(softmax\): softmax inside the model"):
        read(trace(nn.Sequential(nn.Linear(4, 3), nn.Softmax(1), nn.Linear(3, 2)), torch.rand(2, 4)), {})
    with pytest.raises(Unconvertible, match=r"product of two activations.*try a sum"):
        read(trace(Two(lambda a, b: (a * b).flatten(1)).eval(), torch.rand(2, 1, 6, 6)), {})


def test_channels_are_scaled_behind_a_step_that_weighs_pixels() -> None:
    """Weights of pixels make a matrix of all numbers, behind which a channel is so many numbers in a row."""
    pixels, channels = (
        torch.linspace(0.5, 1, 16).reshape(1, 1, 4, 4),
        torch.tensor([1.0, -2.0, 3.0]).reshape(1, 3, 1, 1),
    )
    plan = plan_for(Two(lambda a, b: torch.relu(b * pixels) * channels + channels), 1, 6, 6)
    assert [unit.adds_up for unit in plan.units] == [False, True]


REPEATED: dict[str, Callable[[Tensor], Tensor]] = {
    "less its mean": lambda x: x - x.mean((2, 3), keepdim=True),
    "its mean less it": lambda x: x.mean((2, 3), keepdim=True) - 2.0 * x,
    "rows and columns": lambda x: x.mean(2, keepdim=True) + 0.5 * x.mean(3, keepdim=True),
    "channels": lambda x: x.mean(1, keepdim=True) + x,
    "what is seen of a pooled map": lambda x: x + torch.relu(F.adaptive_avg_pool2d(x, 1) - 0.1),
    "channels last": lambda x: x.permute(0, 2, 3, 1) - x.mean(1).unsqueeze(-1),
    "in place": lambda x: x.clone().sub_(x[:, :, :1]),
}


class Widened(nn.Module):
    """A sum whose shapes differ, between two layers."""

    def __init__(self, step: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.conv, self.step, self.fc = nn.Conv2d(1, 3, 3), step, nn.LazyLinear(4)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.fc(torch.relu(self.step(torch.relu(self.conv(x)))).flatten(1)))


@pytest.mark.parametrize("name", REPEATED)
def test_sums_of_numbers_that_repeat(name: str) -> None:
    model = Widened(REPEATED[name])
    model(torch.rand(1, 1, 6, 6))
    plan_for(model, 1, 6, 6)
