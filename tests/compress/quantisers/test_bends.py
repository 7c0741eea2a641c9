"""Activations that bend, as they are found in a graph: where, and at which ends."""

from math import inf

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import QuantizedFrom, QuantizedHalves
from spikewright.compress.graph.tracing import traced
from spikewright.compress.graph.view import trace
from spikewright.compress.quantisers.bends import Bend, bends_of, bends_without_shapes

X = torch.rand(2, 3, generator=torch.Generator().manual_seed(0)) - 0.5
CASES = {
    "relu": (F.relu, (1.0,), 0.0, inf),
    "relu6": (F.relu6, (1.0,), 0.0, 6.0),
    "leaky": (nn.LeakyReLU(0.25), (0.25,), -inf, inf),
    "prelu": (nn.PReLU(3), (0.25, 0.25, 0.25), -inf, inf),
    "rrelu": (nn.RReLU(0.125, 0.375), (0.25,), -inf, inf),
    "abs": (torch.abs, (-1.0,), -inf, inf),
    "hardtanh": (nn.Hardtanh(), (1.0,), -1.0, 1.0),
    "max": (lambda x: x.clamp(min=0.5), (1.0,), 0.5, inf),
    "min": (lambda x: x.clamp(max=-0.5), (1.0,), -inf, -0.5),
    "halves": (QuantizedHalves(3, 3), (1.0, 1.0, 1.0), -inf, inf),
    "from": (QuantizedFrom(3, -0.5), (1.0,), -0.5, inf),
    "downwards": (QuantizedFrom(3, 0.5, downwards=True), (1.0,), -inf, 0.5),
}


class Two(nn.Module):
    """One activation behind a layer, or two."""

    def __init__(self, *steps: object) -> None:
        super().__init__()
        self.first, self.last, self.steps = nn.Linear(3, 3), nn.Linear(3, 2), steps
        self.held = nn.ModuleList(one for one in steps if isinstance(one, nn.Module))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        for step in self.steps:
            x = step(x)  # type: ignore[operator]
        return self.last(x)


@pytest.mark.parametrize("name", CASES)
def test_every_activation_has_its_slopes_and_ends(name: str) -> None:
    step, slopes, low, high = CASES[name]
    (found,) = bends_of(trace(Two(step).eval(), X)).values()
    assert found.slopes == pytest.approx(slopes) and (found.low, found.high) == (low, high)
    (same,) = bends_without_shapes(traced(Two(step).eval())).values()
    assert (same.slopes, same.low, same.high, same.learned) == (found.slopes, low, high, name == "prelu")


def test_where_staircases_begin() -> None:
    assert Bend("y", "y", low=0.5, high=2.0).origin == 0.5 and Bend("y", "y", low=0.5, high=2.0).ends == (1.5, 0.0)
    assert Bend("y", "y", low=-2.0, high=-0.5).downwards and Bend("y", "y", low=-2.0, high=-0.5).ends == (0.0, 1.5)
    both = Bend("y", "y", (-0.5,), low=-1.0, high=2.0)
    assert both.has_sides and both.origin == 0.0 and both.ends == (2.0, 1.0)
    assert both.shown(torch.tensor([[-2.0, 3.0]])).tolist() == [[-1.0, 3.0]]
    assert not Bend("y", "y", low=-1.0, single=True).has_sides


def test_a_clamp_behind_a_leaky_one_is_one_with_it() -> None:
    found = bends_of(trace(Two(nn.LeakyReLU(0.25), lambda x: x.clamp(min=-0.125)).eval(), X))
    ((name, one),) = found.items()
    assert name == "clamp" and one.entering == "held_0" and (one.slopes, one.low) == ((0.25,), -0.125)
    assert len(bends_of(trace(Two(torch.abs, lambda x: x.clamp(-1, 1)).eval(), X))) == 2  # |x| falls
    assert len(bends_of(trace(Two(nn.LeakyReLU(0.25), lambda x: x.clamp(min=0.125)).eval(), X))) == 2
