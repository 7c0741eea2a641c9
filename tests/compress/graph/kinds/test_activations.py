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


@pytest.mark.parametrize(
    ("function", "ends"),
    [
        (nn.Hardtanh(), (-1.0, 1.0)),
        (lambda x: x.clamp(min=-0.5), (-0.5, None)),
        (lambda x: torch.clamp_max(x, 0.5), (None, 0.5)),
        (lambda x: x.clamp(-float("inf"), -0.5), (None, -0.5)),
        (lambda x: F.hardtanh(x, 0.25, 2), (0.25, 2.0)),
    ],
)
def test_a_clip_says_between_what(
    function: Callable[[torch.Tensor], torch.Tensor], ends: tuple[float | None, float | None]
) -> None:
    node = only(function)
    assert (node.kind, node.args) == ("clip", {"low": ends[0], "high": ends[1]})


@pytest.mark.parametrize(
    ("module", "slope"), [(nn.LeakyReLU(0.2), 0.2), (nn.PReLU(2, 0.25), 0.25), (nn.RReLU(0.25, 0.75), 0.5)]
)
def test_a_leaky_relu_says_its_slope(module: nn.Module, slope: float) -> None:
    assert only(module).args == {"slope": slope}


def test_other_slopes_are_a_prelu() -> None:
    uneven = nn.PReLU(2)
    with torch.no_grad():
        uneven.weight.copy_(torch.tensor([0.5, -0.25]))
    assert only(uneven).args == {"slopes": (0.5, -0.25)} and only(torch.abs).args == {"slopes": (-1.0,)}


def test_why_not() -> None:
    assert "from 0 to -2" in only(lambda x: x.clamp(0, -2)).detail
    assert "slope inf" in only(nn.LeakyReLU(float("inf"))).detail
    assert only(lambda x: x.clamp(-float("inf"), float("inf"))).kind == "identity"
