"""Layers with weights: read as they are, part by part of a concatenation, behind padding and in groups."""

import pytest
import torch
from torch import Tensor, nn

from spikewright.compress import trace
from spikewright.conversion import Unconvertible
from spikewright.conversion.reading.geometry import ConvGeometry, TransposedGeometry
from spikewright.conversion.reading.graph import read
from tests.conversion.reading.helpers import plan_for, rows_of


class Branches(nn.Module):
    """Two layers side by side, and one that reads both."""

    def __init__(self, last: nn.Module) -> None:
        super().__init__()
        self.one, self.two, self.last = nn.Conv2d(1, 2, 3), nn.Conv2d(1, 4, 3), last

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.cat([torch.relu(self.one(x)), torch.relu(self.two(x))], 1)).flatten(1)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(1, 2, (3, 2), stride=(2, 1), padding=(0, 1), dilation=(1, 2)),
        nn.Conv2d(1, 2, 3, padding="same"),
        nn.ConvTranspose2d(1, 3, 3, stride=2, padding=1, output_padding=1),
    ],
)
def test_a_layer_has_the_geometry_of_its_module(layer: nn.Module) -> None:
    plan = plan_for(nn.Sequential(layer, nn.ReLU(), nn.Flatten()), 1, 6, 6)
    (term,) = plan.units[0].terms
    kind = TransposedGeometry if isinstance(layer, nn.ConvTranspose2d) else ConvGeometry
    assert type(term.geometry) is kind and term.kernel is not None


@pytest.mark.parametrize("last", [nn.Conv2d(6, 4, 3), nn.Conv2d(6, 6, 3, groups=3), nn.Conv2d(6, 4, 3, groups=2)])
def test_a_layer_over_a_concatenation_has_weights_for_each_part(last: nn.Module) -> None:
    plan = plan_for(Branches(last), 1, 7, 7)
    assert [term.source for term in plan.output.terms] == ["one", "two"]


def test_grouped_transposed_convolutions_do_not_split() -> None:
    view = trace(Branches(nn.ConvTranspose2d(6, 3, 2, groups=3)).eval(), torch.rand(2, 1, 6, 6))
    with pytest.raises(Unconvertible, match="grouped transposed convolution of a concatenation"):
        read(view, {})


def test_a_batch_norm_that_is_left_is_a_gain_and_an_offset() -> None:
    norm = nn.BatchNorm2d(2)
    norm.running_mean = torch.tensor([0.5, -1.0])
    norm.running_var = torch.tensor([4.0, 0.25])
    plan = plan_for(nn.Sequential(norm, nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.Flatten()), 2, 5, 5)
    assert "carried into the layers around it" in rows_of(plan)["_0"]
    assert plan.units[0].terms[0].gain_in.shape == (2,)


class Reshaped(nn.Module):
    """Vectors as channels of one pixel, in front of a layer, or in a sum with such a map."""

    def __init__(self, layer: nn.Module | None, shape: tuple[int, ...], first: bool = False) -> None:
        super().__init__()
        self.linear, self.conv, self.layer = nn.Linear(16, 4), nn.Conv2d(1, 4, 4), layer
        self.shape, self.first = shape, first

    def forward(self, x: Tensor) -> Tensor:
        vector = self.linear(x.flatten(1)).view(-1, *self.shape)
        if self.layer is not None:
            return torch.relu(self.layer(vector)).flatten(1)
        together = vector + self.conv(x) if self.first else self.conv(x) + vector
        return torch.relu(together).flatten(1)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(4, 3, 1), (4, 1, 1)),
        (nn.Conv2d(4, 3, 1, padding=1), (4, 1, 1)),
        (nn.Conv2d(4, 4, 1, groups=4), (4, 1, 1)),
        (nn.Conv1d(4, 3, 1), (4, 1)),
        (nn.ConvTranspose2d(4, 2, 2), (4, 1, 1)),
        (nn.ConvTranspose2d(4, 2, 2, groups=2), (4, 1, 1)),
        (nn.ConvTranspose2d(2, 3, 2), (2, 2, 1)),
    ],
)
def test_a_layer_over_a_vector_that_is_seen_as_channels_of_one_pixel(layer: nn.Module, shape: tuple[int, ...]) -> None:
    plan_for(Reshaped(layer, shape), 1, 4, 4)


@pytest.mark.parametrize("first", [True, False])
def test_a_sum_of_a_vector_and_channels_of_one_pixel(first: bool) -> None:
    plan = plan_for(Reshaped(None, (4, 1, 1), first), 1, 4, 4)
    assert plan.units[0].bias.shape == plan.units[0].shape == (4,)
