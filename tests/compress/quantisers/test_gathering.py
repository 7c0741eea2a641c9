"""Steps that need one population: max pooling and movements of values of both signs, and no others."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress.graph.view import trace
from spikewright.compress.quantisers.bends import bends_of
from spikewright.compress.quantisers.gathering import gathered

X = torch.rand(2, 2, 6, 6, generator=torch.Generator().manual_seed(0))
Forward = Callable[["Net", Tensor], Tensor]


class Net(nn.Module):
    def __init__(self, forward: Forward) -> None:
        super().__init__()
        self.one, self.two, self.own = nn.Conv2d(2, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1), forward
        self.leaky, self.head = nn.LeakyReLU(0.25), nn.Linear(72, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.own(self, x)


def pooled(x: Tensor) -> Tensor:
    return F.max_pool2d(x, 2)


CASES: dict[str, tuple[Forward, tuple[str, ...]]] = {
    "relu": (lambda net, x: net.two(pooled(F.relu(net.one(x)))), ()),
    "both signs": (lambda net, x: net.two(pooled(net.leaky(net.one(x)))), ("max_pool2d",)),
    "in front": (lambda net, x: net.two(net.leaky(pooled(net.one(x)))), ("max_pool2d",)),
    "in front of a ReLU": (lambda net, x: net.leaky(net.two(F.relu(pooled(net.one(x))))), ()),
    "from a half": (lambda net, x: net.two(pooled(net.one(x).clamp(min=0.5))), ()),
    "down from a half": (lambda net, x: net.two(pooled(net.one(x).clamp(max=-0.5))), ("max_pool2d",)),
    "a sum": (lambda net, x: net.two(pooled(net.leaky(net.one(x)) + x)), ("max_pool2d",)),
    "a sum of ReLUs": (lambda net, x: net.leaky(net.two(pooled(net.one(x).relu() + net.two(x).relu()))), ()),
    "padded": (lambda net, x: net.two(F.pad(net.leaky(net.one(x)), (1, 0, 0, 1))), ("pad",)),
    "padded and pooled": (lambda net, x: net.two(pooled(F.pad(net.leaky(net.one(x)), (1, 1)))), ("pad", "max_pool2d")),
    "enlarged": (lambda net, x: net.two(F.interpolate(net.leaky(net.one(x)), scale_factor=2)), ("interpolate",)),
    "turned": (lambda net, x: net.two(net.leaky(net.one(x)).flip(2)), ("flip",)),
    "channels": (lambda net, x: net.two(net.leaky(net.one(x)).flip(1)), ()),
    "to a linear layer": (lambda net, x: net.head(net.leaky(net.one(x)).permute(0, 3, 2, 1).flatten(1)), ()),
}


@pytest.mark.parametrize("name", CASES)
def test_steps_that_need_one_population(name: str) -> None:
    forward, wanted = CASES[name]
    view = trace(Net(forward).eval(), X)
    assert gathered(view, bends_of(view)) == wanted
