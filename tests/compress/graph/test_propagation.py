"""Shapes are those of one image, wherever the batch stands."""

import pytest
import torch
from torch import Tensor, fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.propagation import propagated


class Windows(nn.Module):
    """Halves of an image as images, its rows in front of the batch, and all as it was."""

    def forward(self, x: Tensor) -> Tensor:
        halves = torch.relu(x.reshape(-1, 2, 4, 8))
        return halves.reshape(-1, 4, 4, 8).transpose(0, 1).transpose(0, 1)


def test_values_are_told_apart_by_where_their_batch_is() -> None:
    found = propagated(fx.symbolic_trace(Windows()), torch.zeros(1, 4, 4, 8))
    assert found.shapes["reshape"] == found.shapes["relu"] == (2, 2, 4, 8) and found.shapes["transpose"] == (4, 4, 8)
    assert found.displaced == {"reshape", "relu", "transpose"} and not found.several
    assert found.shapes["transpose_1"] == (4, 4, 8)


def test_several_tensors_and_sizes_that_follow_no_batch() -> None:
    several = propagated(fx.symbolic_trace(nn.Sequential(nn.GRU(3, 2))), torch.zeros(1, 4, 3))
    assert "_0" in several.several and several.shapes["_0"] == (4, 2)

    class Squares(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x @ x.t()

    with pytest.raises(InvalidInput, match="batch as dimension 0"):
        propagated(fx.symbolic_trace(Squares()), torch.zeros(1, 4))
    with pytest.raises(InvalidInput, match="sample that fits the model"):
        propagated(fx.symbolic_trace(nn.Sequential(nn.Linear(3, 2))), torch.zeros(1, 4))
