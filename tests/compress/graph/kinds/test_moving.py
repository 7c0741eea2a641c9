"""What only moves numbers is known by where they come from, whatever the operation is called."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from spikewright.compress import trace
from tests.compress.graph.kinds.test_table import only

INDEX = torch.randint(0, 4, (1, 1, 6, 3), generator=torch.Generator().manual_seed(1))
X = torch.rand(2, 4, 6, 4, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[:, 1:],
        lambda x: x[..., ::2],
        lambda x: x[:, :, -4:-1, 1::3],
        lambda x: x[:, 2],
        lambda x: x[:, [3, 0, 0]],
        lambda x: x[:, torch.tensor([1, 2])],
        lambda x: x.select(2, -1),
        lambda x: x.narrow(3, 1, 3),
        lambda x: torch.narrow(x, -2, -3, 2),
        lambda x: x.permute(0, 2, 3, 1),
        lambda x: x.transpose(1, 3),
        lambda x: torch.movedim(x, 1, -1),
        lambda x: torch.split(x, [1, 3], 1)[1],
        lambda x: x.chunk(2, dim=1)[-1],
        lambda x: torch.unbind(x, 2)[3],
        lambda x: F.pixel_shuffle(x, 2),
        nn.PixelUnshuffle(2),
        nn.ChannelShuffle(2),
        lambda x: torch.roll(x, 1, 2),
        lambda x: torch.flip(x, [3]),
        lambda x: x.repeat(1, 2, 1, 1),
        lambda x: x.repeat_interleave(2, 1),
        lambda x: torch.index_select(x, 1, torch.tensor([3, 1])),
        lambda x: F.pad(x, (1, 1, 2, 0), mode="reflect"),
        lambda x: F.pad(x, (-1, 1), value=2.5),
        nn.ReplicationPad2d(1),
        lambda x: F.interpolate(x, size=(9, 8)),
        lambda x: torch.broadcast_to(x[:, :1], (x.shape[0], 5, 6, 4)),
        lambda x: torch.gather(x, 3, INDEX.expand(x.shape[0], 4, -1, -1)),
        lambda x: x.gather(1, INDEX[:, :, :1, :1].repeat(x.size(0), 2, 6, 1)),
        lambda x: torch.take_along_dim(x, INDEX, 3),
    ],
)
def test_a_map_says_where_each_number_comes_from(function: Callable[[Tensor], Tensor]) -> None:
    node = only(function, X)
    assert node.kind == "moved"
    np.testing.assert_array_equal(node.args["map"].apply(X[1].numpy()), function(X)[1].numpy())


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: torch.stack([x, y], 2),
        lambda x, y: torch.stack([y, x, y], -1),
        lambda x, y: torch.cat([x, y], 2),
        lambda x, y: torch.hstack([x.flatten(1), y.flatten(1)]),
        lambda x, y: torch.cat([x, y[:, :, :, 1:]], dim=-1),
    ],
)
def test_values_side_by_side_are_in_places_of_their_own(function: Callable[[Tensor, Tensor], Tensor]) -> None:
    nodes = list(trace(Both(function), X))
    node, known = nodes[-1], dict(zip([one.name for one in nodes], values_of(function), strict=True))
    assert node.kind == "joined"
    flat = np.concatenate([known[name][1].numpy().ravel() for name in node.inputs])
    np.testing.assert_array_equal(node.args["map"].apply(flat), known[node.name][1].numpy())


class Both(nn.Module):
    """A function of an image and of its ReLU."""

    def __init__(self, function: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, torch.relu(x - 0.5))


def values_of(function: Callable[[Tensor, Tensor], Tensor]) -> list[Tensor]:
    """What each node of `Both` gives for the images."""
    module, found = trace(Both(function), X).graph_module, list[Tensor]()

    class Noting(fx.Interpreter):
        def run_node(self, n: fx.Node) -> object:
            value = super().run_node(n)
            if n.op != "output":
                found.append(value)
            return value

    Noting(module).run(X)
    return found


def test_order_that_stays_is_no_move() -> None:
    assert only(lambda x: x[:, :, :], X).kind == "identity"
    assert only(lambda x: torch.split(x, 4, 1)[0], X).kind == "identity"
    assert only(lambda x: x[:, None], X).kind == "reshape"


def test_images_of_the_batch_have_no_rule() -> None:
    assert "images of the batch" in only(lambda x: x[:1], X).detail
    assert "images of the batch" in only(lambda x: x.flip(0), X).detail


def test_a_buffer_repeated_for_each_image_is_the_same_for_all() -> None:
    class Grid(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("grid", torch.arange(24.0).reshape(1, 1, 6, 4))

        def forward(self, x: Tensor) -> Tensor:
            return torch.cat([x, self.grid.expand(x.shape[0], -1, -1, -1)], 1)  # type: ignore[operator]

    filled = next(node for node in trace(Grid(), X) if node.kind == "filled")
    np.testing.assert_array_equal(filled.args["value"], np.arange(24.0).reshape(1, 6, 4))


class Token(nn.Module):
    """A parameter beside the image, or added to it, comes first: what is made of both is no constant."""

    def __init__(self, step: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.token, self.step = nn.Parameter(torch.ones(1, 1, 4)), step

    def forward(self, x: Tensor) -> Tensor:
        return self.step(self.token, x)


@pytest.mark.parametrize(
    "step",
    [
        lambda token, x: torch.cat([token.expand(x.shape[0], -1, -1), x], 1)[:, 1:].transpose(1, 2),
        lambda token, x: (token + x).transpose(1, 2),
        lambda token, x: torch.cat([token.expand(x.size(0), 1, 4), x], 1).relu()[:, :2].flip(1),
    ],
)
def test_what_begins_with_a_parameter_is_no_constant(step: Callable[[Tensor, Tensor], Tensor]) -> None:
    view = trace(Token(step), torch.rand(2, 3, 4))
    assert view.node(view.output).kind == "moved"
