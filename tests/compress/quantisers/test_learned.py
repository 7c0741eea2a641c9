"""ReLUs become QuantizedReLUs, clipped ones too, and what has no levels is named."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import (
    QuantizeSettings,
    TrainSettings,
    quantize,
)
from tests.compress.quantisers.test_thresholds import IMAGES, ranges_of, small

X = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
Y = torch.arange(32) % 3
PLAIN = QuantizeSettings(training=TrainSettings(epochs=0))


def test_activations_that_keep_their_values_are_named() -> None:
    class Acts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last, self.act = nn.Conv2d(1, 2, 3), nn.Linear(72, 3), nn.LeakyReLU()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = torch.tanh(F.gelu(self.act(F.relu(self.first(x)))))
            return self.last(y.clamp(-1, 1).flatten(1))

    small = quantize(Acts(), 8, (X, Y), activation_bits=4, settings=PLAIN)
    told = next(step for step in small.steps if step.startswith("activations left as they were"))
    assert all(name in told for name in ("act (LeakyReLU)", "gelu", "tanh", "clamp")) and "relu_" not in told
    with pytest.raises(InvalidInput, match=r"at least one ReLU to quantise, got 1 \(Tanh\)"):
        quantize(nn.Sequential(nn.Flatten(), nn.Tanh(), nn.Linear(64, 3)), 8, (X, Y), activation_bits=4, settings=PLAIN)


def test_quantising_activations_takes_clipped_relus_too() -> None:
    quick = QuantizeSettings(training=TrainSettings(epochs=0))
    small_one = quantize(small(), 8, (IMAGES, torch.arange(16) % 3), activation_bits=2, settings=quick)
    assert len(ranges_of(small_one.model)) == 2 and ranges_of(small_one.model)[1] <= 6
