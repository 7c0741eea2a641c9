"""Activations with a slope below zero become two ReLUs, and compute what they computed."""

import copy

import pytest
import torch
from torch import nn

from spikewright.compress import QuantizedFrom, QuantizedHalves, trace
from spikewright.conversion.reading.halves import HALF, halved
from tests.conversion.signs import Absolute


def sloped(*slopes: float) -> nn.PReLU:
    layer = nn.PReLU(len(slopes))
    layer.weight.data = torch.tensor(slopes)
    return layer


@pytest.mark.parametrize(
    ("layer", "two_sided", "rows"),
    [
        (nn.LeakyReLU(0.1), False, 1),
        (nn.LeakyReLU(0.1), True, 0),
        (nn.LeakyReLU(-0.5, inplace=True), True, 1),
        (nn.PReLU(), True, 0),
        (sloped(0.3, -0.2, 1.7), True, 1),
        (Absolute(), True, 1),
        (nn.ReLU(), False, 0),
    ],
)
def test_the_model_computes_the_same(layer: nn.Module, two_sided: bool, rows: int) -> None:
    model, x = nn.Sequential(nn.Conv2d(1, 3, 3), layer, nn.Conv2d(3, 2, 1)).eval(), torch.randn(4, 1, 8, 8)
    view = trace(copy.deepcopy(model), x)
    names = {node.name for node in view}
    found, told = halved(view, two_sided)
    torch.testing.assert_close(found.graph_module(x), model(x))
    assert len(told) == rows and names <= {node.name for node in found}  # readers of a name still find it
    halves = [node for node in found.graph_module.graph.nodes if node.meta.get(HALF)]
    assert len(halves) == 2 * rows


def test_slopes_of_vectors_are_one_for_each_element() -> None:
    model, x = nn.Sequential(nn.Linear(5, 3), sloped(0.3, -0.2, 1.7)).eval(), torch.randn(4, 5)
    found, _ = halved(trace(copy.deepcopy(model), x), False)
    torch.testing.assert_close(found.graph_module(x), model(x))


def test_two_layers_that_share_a_module_have_halves_of_their_own() -> None:
    act = sloped(0.3, -0.2, 1.7)
    model, x = nn.Sequential(nn.Conv2d(1, 3, 3), act, nn.Conv2d(3, 3, 1), act).eval(), torch.randn(4, 1, 8, 8)
    found, told = halved(trace(copy.deepcopy(model), x), False)
    torch.testing.assert_close(found.graph_module(x), model(x))
    assert len(told) == 2


def test_staircases_of_both_sides_and_from_an_origin() -> None:
    halves = QuantizedHalves(5, 3)
    halves.slopes.data = torch.tensor([0.5, -2.0, 0.0])
    layers = (
        nn.Conv2d(1, 3, 3),
        halves,
        nn.Conv2d(3, 3, 1),
        QuantizedFrom(5, -0.25),
        QuantizedFrom(5, 0.25, downwards=True),
    )
    model, x = nn.Sequential(*layers).eval(), torch.randn(4, 1, 8, 8)
    found, told = halved(trace(copy.deepcopy(model), x), True)
    torch.testing.assert_close(found.graph_module(x), model(x))
    assert [row.layer for row in told] == ["_1", "_3", "_4"] and all("exact" in row.detail for row in told)
    kinds = [node.kind for node in found if node.name.endswith(("_above", "_below", "_steps"))]
    assert kinds == ["quantised_relu"] * 4
