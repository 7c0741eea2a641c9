"""Max pooling goes behind its activation, and windows that reach over the end get zeros: the same numbers."""

import copy

import pytest
import torch
from torch import nn

from spikewright.compress import trace
from spikewright.conversion.reading.swaps import swapped


@pytest.mark.parametrize(
    ("layers", "rows"),
    [
        ((nn.MaxPool2d(2), nn.ReLU()), 1),
        ((nn.MaxPool2d(2), nn.LeakyReLU(0.1)), 1),
        ((nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True)), 1),
        ((nn.MaxPool2d(3, 2, ceil_mode=True), nn.ReLU()), 2),
        ((nn.ReLU(), nn.MaxPool2d(2)), 0),
        ((nn.MaxPool2d(2), nn.Tanh()), 0),
        ((nn.MaxPool2d(3, 2, ceil_mode=True), nn.Identity()), 1),
        ((nn.MaxPool2d(3, 2, padding=1, ceil_mode=True), nn.Identity()), 1),
        ((nn.MaxPool2d(2), nn.Hardtanh(-0.1, 0.3)), 1),
        ((nn.LeakyReLU(0.1), nn.MaxPool2d(2)), 0),
        ((nn.PReLU(3), nn.MaxPool2d(2)), 0),
        ((nn.ConstantPad2d((1, 2, 0, 1), -torch.inf), nn.MaxPool2d(3, 2), nn.Identity()), 1),
        ((nn.ReLU(), nn.ConstantPad2d((1, 2, 0, 1), -torch.inf), nn.MaxPool2d(3, 2)), 1),
        ((nn.ReLU(), nn.ConstantPad2d(1, 0.5), nn.MaxPool2d(3, 2)), 0),
    ],
)
def test_the_model_computes_the_same(layers: tuple[nn.Module, ...], rows: int) -> None:
    model, x = nn.Sequential(nn.Conv2d(1, 3, 3), *layers).eval(), torch.randn(4, 1, 8, 8)
    view = trace(copy.deepcopy(model), x)
    moved, told = swapped(view)
    assert torch.equal(moved.graph_module(x), model(x))
    assert len(told) == rows


@pytest.mark.parametrize(("slope", "rows"), [(0.25, 1), (1.5, 1), (-0.25, 0)])
def test_max_pooling_comes_first_where_an_activation_will_be_two_populations(slope: float, rows: int) -> None:
    """But not in front of one that falls: the largest x is not the largest |x|."""
    model, x = nn.Sequential(nn.Conv2d(1, 3, 3), nn.LeakyReLU(slope), nn.MaxPool2d(2)).eval(), torch.randn(4, 1, 8, 8)
    moved, told = swapped(trace(copy.deepcopy(model), x), two_sided=False)
    assert torch.equal(moved.graph_module(x), model(x)) and len(told) == rows
    assert [node.kind for node in moved][-1] == ("leaky_relu" if rows else "maxpool")


class SamePool(nn.Module):
    """As ported from TensorFlow: what the last windows reach over is minus infinity."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        wide = nn.functional.pad(self.conv(x), [0, 1, 0, 1], value=-float("inf"))
        return nn.functional.max_pool2d(wide, 3, 2)


def test_borders_of_minus_infinity_are_finite_in_the_graph() -> None:
    model, x = SamePool().eval(), torch.randn(4, 1, 9, 9)
    moved, told = swapped(trace(copy.deepcopy(model), x))
    assert torch.equal(moved.graph_module(x), model(x)) and "copies of the edge" in told[0].detail
    assert all(bool((node.args["map"].constants == 0).all()) for node in moved if node.kind == "moved")
