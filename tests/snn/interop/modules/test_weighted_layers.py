"""Constants go through the layers behind them as maps, so that padding and upsampling are exact."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright.snn.interop.snntorch import from_snntorch
from tests.snn.interop.imported import compare, spikes_of

snntorch = pytest.importorskip("snntorch")
STEPS = 8


class Planes(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.one = nn.Conv2d(1, 4, 3), snntorch.Leaky(beta=0.5, threshold=0.5, init_hidden=True)
        self.norm, self.padded, self.two = (
            nn.BatchNorm2d(4),
            nn.Conv2d(4, 3, 3, padding=1),
            snntorch.Leaky(beta=0.5, init_hidden=True),
        )
        self.up, self.three = nn.Upsample(scale_factor=2), snntorch.Leaky(beta=0.5, threshold=0.75, init_hidden=True)
        with torch.no_grad():
            (
                self.norm.running_mean.uniform_(-0.2, 0.2),
                self.norm.running_var.uniform_(0.02, 0.2),
                self.norm.bias.uniform_(-0.1, 0.4),
            )

    def forward(self, x: Tensor) -> Tensor:
        two = self.two(self.padded(self.norm(self.one(self.conv(x)))))
        return self.three(self.up(two))


def test_batch_norm_in_front_of_padding_and_upsampling_between_neurons() -> None:
    """The constant of batch norm does not reach into the padding: it becomes a map of currents."""
    module, x = Planes().eval(), torch.rand(10, 1, 7, 7)
    network = from_snntorch(module, (1, 7, 7), STEPS)
    theirs, _ = spikes_of(module, lambda: [module(x) for _ in range(STEPS)])
    compare(network, x.numpy(), theirs)
    assert np.shape(network.by_name["two"].bias) == (3, 5, 5) and network.by_name["three"].shape == (3, 10, 10)
