"""Where ranges begin: each staircase by the values on its own side."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import Ranges
from spikewright.compress.graph.view import trace
from spikewright.compress.quantisers.activations import clip_range
from spikewright.compress.quantisers.bends import Bend, bends_of
from spikewright.compress.quantisers.staircases import Levelled, RangeStart
from spikewright.compress.quantisers.starting import start_of, starts_of, starts_without_images

X = torch.randn(64, 3, generator=torch.Generator().manual_seed(0))


def started(layer: nn.Module, ranges: Ranges, gathered: tuple[str, ...] = ()) -> dict[str, RangeStart]:
    view = trace(nn.Sequential(nn.Identity(), layer, nn.Flatten(), nn.Linear(3, 2)).eval(), X)
    return starts_of(view.graph_module, Levelled(bends_of(view), gathered), X, 7, ranges)


def test_each_side_has_its_own_range() -> None:
    layer = nn.PReLU(3)
    layer.weight.data = torch.tensor([0.5, -2.0, 0.0])
    found = started(layer, Ranges(percentile=100))["_1"]
    low = (layer.weight.data.abs() * X).min()
    assert found.above == pytest.approx(float(X.max())) and found.below == pytest.approx(-float(low))
    best = started(layer, Ranges())["_1"]
    assert best.above == pytest.approx(clip_range(X, 7))


def test_ends_and_origins_hold() -> None:
    assert started(nn.Hardtanh(-0.25, 0.5), Ranges(percentile=100))["_1"] == RangeStart(0.5, 0.25)
    found = started(nn.Hardtanh(0.25, 9.0), Ranges(percentile=100))["_1"]
    assert found.origin == 0.25 and found.above == pytest.approx(float(X.max()) - 0.25)
    down = started(nn.Hardtanh(-9.0, -0.25), Ranges(percentile=100))["_1"]
    assert down.origin == -0.25 and down.below == pytest.approx(-0.25 - float(X.min()))


def test_gathered_values_begin_at_the_lowest() -> None:
    found = started(nn.LeakyReLU(0.5), Ranges(percentile=100), ("_2",))["_2"]
    assert found.origin == pytest.approx(0.5 * float(X.min())) and found.above == pytest.approx(
        float(X.max()) - found.origin
    )


def test_without_values_or_images() -> None:
    assert start_of(-torch.ones(3), Ranges(), 3) == 1.0 and start_of(-torch.ones(3), Ranges(2.0, 99.0), 3) == 2.0
    assert starts_without_images({"a": 6.0}, Ranges()) == {"a": RangeStart(6.0)}
    assert Bend("a", "a").ends == (float("inf"), float("inf"))
    with pytest.raises(InvalidInput, match="percentile"):
        Ranges(percentile=0)
