"""A small network with images, and what must hold for every Compressed of it, whatever made it."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import (
    Compressed,
    PruneSettings,
    QuantizeSettings,
    TrainSettings,
)
from spikewright.compress.quantisers.integers import to_values

SHORT = TrainSettings(epochs=1, batch_size=16)


PRUNE = PruneSettings(rounds=2, final_epochs=1, training=SHORT)


QUANTIZE = QuantizeSettings(training=SHORT)


class Small(nn.Module):
    """A convolution that is called twice, batch norm, functional ReLU and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.block = nn.Conv2d(4, 4, 3, padding=1)
        self.out = nn.Linear(4 * 4 * 4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.norm(self.stem(x)))
        x = torch.relu(self.block(torch.relu(self.block(x))))
        return self.out(F.avg_pool2d(x, 2).flatten(1))


def make(seed: int = 0) -> tuple[nn.Module, tuple[torch.Tensor, torch.Tensor]]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        images = torch.rand(48, 1, 8, 8)
        return Small(), (images, torch.randint(0, 3, (48,)))


def check(result: Compressed) -> None:
    """What must hold for every Compressed, whatever made it."""
    layers = dict(result.model.named_modules())
    for path, mask in result.masks.items():
        assert not layers[path].weight[~mask].any()
    for path, (codes, scale) in result.integers.items():
        limit = 2 ** (result.bits[path] - 1) - 1
        assert codes.dtype == np.int8 and np.abs(codes).max() <= limit and scale.shape == codes.shape[:1]
        assert torch.equal(to_values(torch.tensor(codes), torch.tensor(scale)), layers[path].weight)
    assert all(layer.kept > 0 for layer in result.footprint.layers)
    assert not any("parametrizations" in name for name in result.model.state_dict())


def dead(result: Compressed) -> int:
    return sum(int((mask == 0).sum()) for mask in result.masks.values())
