"""Operations that overwrite a tensor: what reads it later reads the result."""

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import trace

SAMPLE = torch.zeros(1, 2, 8, 8)


def test_later_readers_of_an_overwritten_value_read_the_result() -> None:
    class Overwrites(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.conv(x)
            F.relu_(y)
            return y + y

    view = trace(Overwrites(), SAMPLE)
    assert view.nodes[-1].inputs == ("relu_", "relu_")
