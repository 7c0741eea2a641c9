"""What the steps of a model give, followed by its rewrite."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import QuantizedFrom, QuantizedHalves, QuantizedReLU
from spikewright.compress.graph.equality import first_difference
from spikewright.compress.graph.view import traced

X = torch.rand(16, 1, 6, 6, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("staircase", [QuantizedReLU(3, 1.0), QuantizedHalves(3), QuantizedFrom(3)], ids=repr)
def test_a_step_that_rounding_moves_is_no_difference(staircase: nn.Module) -> None:
    """Every sum lies on the edge of a step."""
    model = nn.Sequential(nn.Linear(1, 1, bias=False), staircase).eval()
    with torch.no_grad():
        model[0].weight.fill_(0.5)
    other = traced(copy.deepcopy(model))
    with torch.no_grad():
        other.get_parameter("0.weight").fill_(0.5 - 2.0**-25)
    assert first_difference(model, other, torch.ones(4, 1)) is None


def test_a_model_that_draws_is_compared_draw_by_draw() -> None:
    class Noisy(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return F.dropout(x, 0.5, training=True).flatten(1)

    assert first_difference(Noisy().eval(), traced(Noisy().eval()), X) is None
