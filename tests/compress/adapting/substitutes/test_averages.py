"""Batch norms with the statistics of the data, and average pooling over the windows of max pooling."""

import pytest
import torch
from torch import nn

from spikewright.compress import trace
from spikewright.compress.adapting.places import Place, other_places
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.adapting.substitutes.averages import AveragePool, BatchNorm


@pytest.mark.parametrize("shape", [(3,), (3, 5), (3, 4, 4)])
def test_a_batch_norm_is_the_line_through_what_enters_and_leaves(shape: tuple[int, ...]) -> None:
    x = torch.randn(64, *shape, generator=torch.Generator().manual_seed(0)) * 3 + 1
    y = 0.5 * x - 2
    seen = Seen()
    seen.add(x, y, 10)
    norm = BatchNorm().made(Place("norm", "conv", "norm", "layernorm", shape), seen)
    assert torch.allclose(norm.eval()(x), y, atol=1e-4)
    assert torch.allclose(norm.train()(x), y, atol=5e-2)  # its own statistics are nearly those of the batch


@pytest.mark.parametrize(
    ("pool", "shape"),
    [
        (nn.MaxPool2d(2), (3, 6, 6)),
        (nn.MaxPool2d(3, 2, 1), (3, 7, 7)),
        (nn.MaxPool2d((2, 1), ceil_mode=True), (3, 7, 6)),
        (nn.AdaptiveMaxPool2d(1), (3, 5, 5)),
        (nn.MaxPool1d(3, 2, 1), (3, 9)),
    ],
)
def test_windows_stay(pool: nn.Module, shape: tuple[int, ...]) -> None:
    view = trace(nn.Sequential(pool, nn.Flatten()), torch.rand(2, *shape))
    (place,) = other_places(view, ())
    made = AveragePool().made(place, Seen())
    ones = torch.ones(1, *shape)
    assert made(ones).shape == pool(ones).shape and bool((made(ones) <= 1).all())
    if not any(place.window["padding"]):
        assert torch.allclose(made(ones), pool(ones))
