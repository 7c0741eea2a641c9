"""Obstacles without an exception: the same that `convert` raises."""

import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.conversion import Rate, Unconvertible, convert, obstacles
from tests.conversion.architectures import CASES, build, images

X = torch.rand(3, 2, 8, 8, generator=torch.Generator().manual_seed(0))
MODEL = nn.Sequential(
    nn.Conv2d(2, 3, 3), nn.SiLU(), nn.Conv2d(3, 2, 3), nn.LayerNorm(4), nn.Flatten(), nn.Linear(32, 2)
)


def test_they_are_those_that_convert_raises() -> None:
    with pytest.raises(Unconvertible) as caught:
        convert(MODEL.eval(), X, Rate(4))
    found = obstacles(MODEL.eval(), X, Rate(4))
    assert found == caught.value.obstacles and [one.what for one in found] == ["SiLU", "layer norm"]
    assert all(one.hinders for one in found)


def test_what_converts_has_none() -> None:
    assert obstacles(build(CASES["lenet"]), images(CASES["lenet"]), Rate(4)) == ()


def test_a_model_without_a_graph_is_told_with_what_was_not_judged() -> None:
    class Branching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.SiLU()

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x) if x.sum() > 0 else -x

    (found,) = obstacles(Branching(), X)
    assert found.node == "model" and found.what == "data-dependent control" and "not judged" in found.reason
    assert "1 SiLU" in found.reason and found.substitute.startswith("a forward()")


def test_arguments_are_checked_as_by_convert() -> None:
    with pytest.raises(InvalidInput, match="try Rate"):
        obstacles(MODEL, X, "rate")
    with pytest.raises(InvalidInput, match="shape"):
        obstacles(MODEL, X[0], Rate(4))
