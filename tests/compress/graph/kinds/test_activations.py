"""Activations by their numbers: where a ReLU ends, the slope of a leaky one, and why others have no rule."""

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.compress.graph.kinds.test_table import only


@pytest.mark.parametrize(
    ("function", "limit"),
    [
        (lambda x: x.clamp(0, 1.5), 1.5),
        (F.relu6, 6.0),
        (lambda x: F.hardtanh(x, 0, 2), 2.0),
        (nn.ReLU6(), 6.0),
        (nn.Hardtanh(0, 0.5), 0.5),
    ],
)
def test_a_clipped_relu_says_where_it_ends(function: Callable[[torch.Tensor], torch.Tensor], limit: float) -> None:
    node = only(function)
    assert (node.kind, node.args) == ("clamp", {"limit": limit})


@pytest.mark.parametrize(("module", "slope"), [(nn.LeakyReLU(0.2), 0.2), (nn.PReLU(2, 0.25), 0.25)])
def test_a_leaky_relu_says_its_slope(module: nn.Module, slope: float) -> None:
    assert only(module).args == {"slope": slope}


def test_why_not() -> None:
    uneven = nn.PReLU(2)
    with torch.no_grad():
        uneven.weight.copy_(torch.tensor([0.1, 0.2]))
    assert "slope of its own for each channel" in only(uneven).detail
    assert "from -1" in only(nn.Hardtanh()).detail and "from 0 to -2" in only(lambda x: x.clamp(0, -2)).detail
