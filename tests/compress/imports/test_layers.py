"""Layers are made of plain tensors: weights are copied, and what does not fit or has no layer is told apart."""

from typing import Any

import pytest
import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.errors import Damaged, Unsupported


def same(layer: nn.Module, other: nn.Module, *shape: int) -> bool:
    x = torch.rand(2, *shape) - 0.5
    with torch.no_grad():
        return torch.equal(layer.eval()(x), other.eval()(x))


@pytest.mark.parametrize(
    ("make", "layer", "shape"),
    [
        (layers.conv, nn.Conv2d(4, 6, 3, 2, 1, groups=2), (4, 7, 7)),
        (layers.conv, nn.Conv1d(4, 6, 3, dilation=2, bias=False), (4, 9)),
        (layers.conv_transpose, nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2), (4, 5, 5)),
    ],
)
def test_convolutions(make: Any, layer: Any, shape: tuple[int, ...]) -> None:
    names = ["stride", "padding", "dilation", "groups"] + ["output_padding"] * (make is layers.conv_transpose)
    made = make(layer.weight.detach(), layer.bias, {name: getattr(layer, name) for name in names})
    assert same(made, layer, *shape) and made.weight is not layer.weight


def test_linear_spreads_a_single_bias() -> None:
    made = layers.linear(torch.eye(3), torch.tensor(2.0))
    assert torch.equal(made(torch.zeros(1, 3)), torch.full((1, 3), 2.0))
    with pytest.raises(Unsupported, match="a product with a constant"):
        layers.linear(torch.ones(2, 2, 2), None)


def test_batch_norm_without_weights_has_ones_and_zeros_where_needed() -> None:
    statistics = torch.tensor([1.0, 2.0]), torch.tensor([4.0, 9.0])
    made = layers.batch_norm((None, torch.tensor([1.0, 0.0])), statistics, 0.0, 2)
    x = torch.rand(3, 2, 4, 4)
    wanted = (x - statistics[0].view(1, 2, 1, 1)) / torch.tensor([2.0, 3.0]).view(1, 2, 1, 1)
    torch.testing.assert_close(made.eval()(x), wanted + torch.tensor([1.0, 0.0]).view(1, 2, 1, 1))
    with pytest.raises(Unsupported, match="statistics of its batch"):
        layers.batch_norm((None, None), (None, None), 0.0, 2)


@pytest.mark.parametrize(
    ("low", "high", "kind"), [(0, float("inf"), nn.ReLU), (0, 6, nn.ReLU6), (0, 1, nn.Hardtanh), (-1, 1, nn.Hardtanh)]
)
def test_a_clip_is_the_plainest_layer_that_does_it(low: float, high: float, kind: type) -> None:
    x = torch.linspace(-9, 9, 50)
    made = layers.clip(low, high)
    assert type(made) is kind and torch.equal(made(x), x.clamp(low, high))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: layers.conv(torch.ones(2, 2, 3, 3, 3, 3), None, {}), "over 4 axes"),
        (lambda: layers.pool("max", (2, 2, 2, 2), {}), "over 4 axes"),
        (lambda: layers.whole("mean", (1, 1, 1, 1)), "over 4 axes"),
        (lambda: layers.pad([0, -1], 0.0), "cuts off"),
        (lambda: layers.pad([0] * 8, 0.0), "other axes"),
        (lambda: layers.upsample([1.5, 2.0], (3, 4)), "resizing to"),
    ],
)
def test_what_has_no_layer(make: Any, what: str) -> None:
    with pytest.raises(Unsupported, match=what):
        make()


def test_groups_and_shapes_that_contradict_each_other_are_damage() -> None:
    with pytest.raises(Damaged, match="5 channels in 2 groups"):
        layers.conv(torch.ones(5, 2, 3, 3), None, {"groups": 2})
    with pytest.raises(Damaged, match="where"):
        layers.batch_norm((torch.ones(3), None), (torch.ones(2), torch.ones(2)), 0.0, 2)
