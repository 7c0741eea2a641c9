"""Pools, padding and upsampling as units, address maps and currents: each is what torch computes."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import trace
from spikewright.conversion import Unconvertible
from spikewright.conversion.reading.geometry import PoolGeometry, TransposedGeometry, UpsampleGeometry
from spikewright.conversion.reading.graph import read
from tests.conversion.reading.helpers import plan_for

STEM = (nn.Conv2d(1, 2, 3, padding=1), nn.ReLU())
HEAD = (nn.Conv2d(2, 2, 2), nn.ReLU(), nn.Flatten())


class Over(nn.Module):
    """A reduction behind a layer."""

    def __init__(self, step: object) -> None:
        super().__init__()
        self.conv, self.step = nn.Conv2d(1, 3, 3), step

    def forward(self, x: Tensor) -> Tensor:
        return self.step(torch.relu(self.conv(x)))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (nn.AvgPool2d(2), "address map"),
        (nn.AvgPool2d(3, 2, 1), "currents of windows"),
        (nn.AvgPool2d(3, 2, 1, count_include_pad=False), "a map of rows and of columns"),
        (nn.Upsample(scale_factor=1.5, mode="bilinear"), "a map of rows and of columns"),
        (nn.Upsample(size=(5, 8), mode="bilinear", align_corners=True), "a map of rows and of columns"),
        (nn.AdaptiveAvgPool2d(2), "address map"),
        (nn.Upsample(scale_factor=2), "each spike is passed on"),
        (nn.ZeroPad2d((1, 0, 2, 1)), "zeros become the padding"),
        (nn.MaxPool2d(2), ""),
    ],
)
def test_each_is_what_torch_computes(layer: nn.Module, told: str) -> None:
    plan = plan_for(nn.Sequential(*STEM, layer, *HEAD), 1, 6, 6)
    assert any(told in row.detail for row in plan.rows if row.layer == "_2")


def test_a_pool_at_the_end_is_a_synapse_of_the_output() -> None:
    plan = plan_for(nn.Sequential(*STEM, nn.AvgPool2d(2), nn.Flatten()), 1, 6, 6)
    assert plan.output.terms[0].geometry == PoolGeometry((2, 2), (2, 2))
    up = plan_for(nn.Sequential(*STEM, nn.Upsample(scale_factor=3), nn.Flatten()), 1, 6, 6)
    assert up.output.terms[0].geometry == UpsampleGeometry((3, 3))


@pytest.mark.parametrize("step", [lambda x: x.mean((2, 3)), lambda x: x.sum((2, 3)), lambda x: x.flatten(2).mean(2)])
def test_means_and_sums_over_pixels(step: object) -> None:
    plan_for(Over(step), 1, 6, 6)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (nn.Sequential(*STEM, nn.MaxPool2d(2, dilation=2), nn.Flatten()), "max pooling with dilation"),
    ],
)
def test_what_cannot_be_pooled_is_refused(model: nn.Module, reason: str) -> None:
    with pytest.raises(Unconvertible, match=reason):
        read(trace(model.eval(), torch.rand(2, 1, 7, 7)), {})


def test_the_image_gets_a_population_whose_pixels_can_be_compared() -> None:
    plan = plan_for(nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(9, 2)), 1, 6, 6)
    assert [unit.gate for unit in plan.units] == [False, True, False]


class Fused(nn.Module):
    """A 1x1 convolution at half size, repeated and added to the whole, as in feature pyramids."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.stem, self.down = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 2, 2)
        self.point, self.norm = nn.Conv2d(4, 4, 1, groups=groups), nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.relu(self.stem(x))
        low = self.norm(self.point(torch.relu(self.down(h))))
        return torch.relu(h + nn.functional.interpolate(low, scale_factor=2)).flatten(1)


@pytest.mark.parametrize("groups", [1, 2])
def test_repetition_commutes_with_pointwise_sums(groups: int) -> None:
    plan = plan_for(Fused(groups), 1, 6, 6)
    assert len(plan.units) == 3 and isinstance(plan.units[-1].terms[1].geometry, TransposedGeometry)


class Surrounded(nn.Module):
    """Zeros around the pixels and the channels, in front of windows of a map with its channels last."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 2), nn.Linear(2, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(torch.relu(self.conv(x)).permute(0, 2, 3, 1), (0, 0, 0, 1, 1, 2))
        x = x.view(-1, 3, 2, 2, 2, 2).permute(0, 1, 3, 2, 4, 5).reshape(-1, 24, 2)
        return torch.relu(self.fc(x)).flatten(1)


def test_zeros_on_all_sides_are_places_that_nothing_is_read_from() -> None:
    plan_for(Surrounded(), 1, 4, 4)


@pytest.mark.parametrize("layer", [nn.Flatten(), nn.Conv2d(5, 2, 2)])
@pytest.mark.parametrize("widths", [(1, 0, 0, 2, 1, 2), (0, 1, 0, 0, 0, 3), (2, 0, 1, 1, 3, 0)])
def test_zeros_around_channels_and_pixels(layer: nn.Module, widths: tuple[int, ...]) -> None:
    channels = 2 + sum(widths[4:])
    layer = nn.Conv2d(channels, 2, 2) if isinstance(layer, nn.Conv2d) else layer
    plan_for(nn.Sequential(Over(lambda x: F.pad(x[:, :2], widths)), layer, nn.ReLU(), nn.Flatten()), 1, 5, 5)


@pytest.mark.parametrize("step", [lambda x: x.mean((2, 3)), lambda x: x.sum(2), lambda x: F.adaptive_avg_pool2d(x, 1)])
def test_means_of_one_number_are_that_number(step: object) -> None:
    plan = plan_for(nn.Sequential(Over(lambda x: step(x.flatten(1).view(-1, 3, 1, 1))), nn.Flatten()), 1, 3, 3)  # type: ignore[operator]
    assert len(plan.units) == 1
