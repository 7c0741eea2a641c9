"""Splits of a graph become steps that give one tensor each."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from spikewright.compress import trace


class Halves(nn.Module):
    """Two of three channels, and the last, in turned places."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way

    def forward(self, x: Tensor) -> Tensor:
        pieces = {
            "split": lambda: torch.split(x, [2, 1], dim=1),
            "chunk": lambda: x.chunk(2, 1),
            "unbind": lambda: [one.unsqueeze(1) for one in (x.unbind(1)[0], x.unbind(1)[2])],
            "tensor_split": lambda: torch.tensor_split(x, 2, dim=1),
        }[self.way]()
        return torch.cat([pieces[1], pieces[0]], 1)


@pytest.mark.parametrize("way", ["split", "chunk", "unbind", "tensor_split"])
def test_each_piece_is_a_step(way: str) -> None:
    x = torch.rand(2, 3, 4, 4)
    view = trace(Halves(way), x)
    assert not [node for node in view if node.kind == "unsupported"]
    torch.testing.assert_close(view.graph_module(x), Halves(way)(x))


def test_pieces_that_are_counted_are_left_as_they_are() -> None:
    class Pooled(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return nn.functional.max_pool2d(x, 2, return_indices=True)[0]

    assert [node.kind for node in trace(Pooled(), torch.rand(2, 3, 4, 4))][-1] == "unsupported"


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.cat(x.split(2, 1)[::-1], 1),
        lambda x: torch.cat(torch.chunk(x, 2, dim=1), 1),
        lambda x: torch.stack(x.unbind(2)[1:], 2),
        lambda x: torch.cat(x.hsplit(4)[:2], dim=1),
    ],
)
def test_whoever_takes_several_pieces_gets_them_one_by_one(function: Callable[[Tensor], Tensor]) -> None:
    class Cut(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return function(x)

    x = torch.rand(2, 4, 4, 4)
    view = trace(Cut(), x)
    assert not [node for node in view if node.kind == "unsupported"]
    torch.testing.assert_close(view.graph_module(x), function(x))


def test_images_of_a_batch_are_not_counted() -> None:
    class Rows(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.cat(x.split(1)[::-1], 0)

    assert [node.kind for node in trace(Rows(), torch.rand(2, 3, 4, 4))][1] == "unsupported"
