"""What a Compressed says: it is called like a model, and its views are read from how its weights are stored."""

import torch
from torch import nn

from spikewright.compress import (
    prune,
)


def test_a_compressed_is_called_like_a_model() -> None:
    small = prune(nn.Sequential(nn.Linear(4, 2)), 0.5)
    x = torch.randn(3, 4)
    assert small.eval() is small and torch.equal(small(x), small.model(x))
