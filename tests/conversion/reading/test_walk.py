"""What the walk makes of values: reshapes that no population has, vectors among pixels, halves of layers."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import trace
from spikewright.conversion import Ttfs, Unconvertible, convert
from spikewright.conversion.reading.graph import read
from spikewright.snn import simulate
from tests.conversion.reading.helpers import plan_for


def test_a_reshape_that_no_population_has_is_refused_where_it_is_read() -> None:
    class Folded(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 2, 1)

        def forward(self, x: Tensor) -> Tensor:
            x = torch.relu(self.conv(x)).reshape(-1, 2, 2, 2, 4)
            return (x + x).flatten(1)

    with pytest.raises(Unconvertible, match="follows a reshape from"):
        read(trace(Folded(), torch.rand(2, 2, 4, 4)), {})


class SinglePixels(nn.Module):
    """A vector that is seen as channels of one pixel by a convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.conv = nn.Linear(6, 8), nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(torch.relu(self.fc(x)).view(-1, 8, 1, 1)).flatten(1)


def test_a_convolution_of_a_vector_seen_as_single_pixels_is_read() -> None:
    plan = plan_for(SinglePixels(), 6)
    assert [unit.shape for unit in plan.units] == [(8,), (4,)]


class InARow(nn.Module):
    """A vector that is seen as the pixels of one channel, as sound is."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.flat, self.rows = nn.Conv1d(1, 4, 8, 4), nn.Conv2d(1, 4, (8, 1), (4, 1))
        self.same, self.end = nn.Linear(64, 64), nn.Linear(64, 3)

    def forward(self, x: Tensor) -> Tensor:
        if self.kind == "sequence":
            return self.end(F.relu(self.flat(F.pad(x[:, None], (2, 2)))).flatten(1))
        if self.kind == "map":
            h = F.relu(self.rows(F.pad(x[:, None, :, None], (0, 0, 2, 2))))
            return self.end(F.max_pool2d(h, (2, 1), (2, 1)).repeat(1, 2, 1, 1).flatten(1))
        return self.end(F.relu(self.same(x[:, None])))[:, 0]


@pytest.mark.parametrize("kind", ["sequence", "map", "vector"])
def test_a_vector_may_stand_along_the_pixels_of_one_channel(kind: str) -> None:
    model, x = InARow(kind).eval(), torch.rand(8, 64)
    network = convert(model, x, Ttfs(ranges="interval"), judge=False)
    found = torch.from_numpy(simulate(network, x).logits * network.logit_scale)
    assert torch.allclose(found.double(), model(x).double(), atol=1e-5)


class LastAxis(nn.Module):
    """A linear layer over the channels of one pixel, whose halves have activations of their own."""

    def __init__(self, pixels: int) -> None:
        super().__init__()
        self.conv, self.mix, self.fc = nn.Conv2d(1, 4, 3), nn.Linear(4, 8), nn.Linear(4 * pixels, 3)

    def forward(self, x: Tensor) -> Tensor:
        left, right = self.mix(torch.relu(self.conv(x)).permute(0, 2, 3, 1)).chunk(2, -1)
        return self.fc((torch.relu(left) + torch.relu(right)).flatten(1))


@pytest.mark.parametrize("side", [1, 2])
def test_halves_of_a_layer_over_the_last_axis_have_activations_of_their_own(side: int) -> None:
    assert len(plan_for(LastAxis(side * side), 1, side + 2, side + 2).units) == 5  # a relay among them


class Merged(nn.Module):
    """Every second pixel of a sum side by side, channels last, and two layers over them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.one, self.other = nn.Conv2d(1, 2, 3), nn.Linear(8, 3), nn.Linear(8, 3)
        self.around = nn.Conv2d(1, 2, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = (torch.relu(self.conv(x)) + self.around(x)).permute(0, 2, 3, 1)
        pixels = (x[:, row::2, column::2] for column in (0, 1) for row in (0, 1))
        x = torch.cat(list(pixels), -1)
        return (torch.relu(self.one(x)) + torch.relu(self.other(x))).flatten(1)


def test_pixels_of_a_sum_side_by_side_are_a_sum_that_layers_can_read() -> None:
    plan_for(Merged(), 1, 6, 6)
