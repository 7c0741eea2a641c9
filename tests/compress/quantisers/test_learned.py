"""Activations become staircases, clipped ones and those of both signs too, and what has no levels is named."""

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import (
    QuantizedFrom,
    QuantizedHalves,
    QuantizeSettings,
    Ranges,
    TrainSettings,
    learned_thresholds,
    load,
    quantize,
    save,
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
    assert all(name in told for name in ("gelu", "tanh")) and "relu" not in told and "clamp" not in told
    told = next(step for step in small.steps if "two staircases" in step)
    assert "act (LeakyReLU, slope 0.01)" in told and "clamp (clip, slope 1, from -1 to 1)" in told
    with pytest.raises(InvalidInput, match=r"at least one ReLU to quantise, got 1 \(Tanh\)"):
        quantize(nn.Sequential(nn.Flatten(), nn.Tanh(), nn.Linear(64, 3)), 8, (X, Y), activation_bits=4, settings=PLAIN)


def test_quantising_activations_takes_clipped_relus_too() -> None:
    quick = QuantizeSettings(training=TrainSettings(epochs=0))
    small_one = quantize(small(), 8, (IMAGES, torch.arange(16) % 3), activation_bits=2, settings=quick)
    assert len(ranges_of(small_one.model)) == 2 and ranges_of(small_one.model)[1] <= 6


def signed() -> nn.Module:
    torch.manual_seed(4)
    layers = nn.Conv2d(1, 3, 3), nn.PReLU(3), nn.MaxPool2d(2), nn.Conv2d(3, 3, 2), nn.LeakyReLU(0.25, inplace=True)
    model = nn.Sequential(*layers, nn.Conv2d(3, 2, 1), nn.Hardtanh(0.125, 0.5), nn.Flatten(), nn.Linear(8, 3)).eval()
    model[1].weight.data = torch.tensor([-0.5, 0.0, 0.25])
    return model


def test_activations_of_both_signs_are_told_stored_and_built_again(tmp_path: Path) -> None:
    small_one = quantize(signed(), 4, (X, Y), activation_bits=3, settings=PLAIN)
    told = " ".join(small_one.steps)
    assert "1 (PReLU, 3 slopes from -0.5 to 0.25), 4 (LeakyReLU, slope 0.25)" in told and "in front of _2" in told
    assert "6 (Hardtanh, from 0.125 to 0.5)" in told
    save(small_one, tmp_path / "small.npz")
    again = load(tmp_path / "small.npz", signed())
    assert torch.equal(again.model(X), small_one.model(X)) and again.footprint == small_one.footprint
    few = quantize(again, 4, (X, Y), activation_bits=1, settings=PLAIN)
    kinds = (QuantizedHalves, QuantizedFrom)
    assert [part.levels for part in few.model.modules() if isinstance(part, kinds)] == [
        1
    ] * 4  # the old ones, no further ones


def test_slopes_are_trained_where_the_model_trains_them() -> None:
    trained = QuantizeSettings(training=TrainSettings(epochs=2, lr=0.05))
    model = quantize(signed(), 4, (X, Y), activation_bits=3, settings=trained).model
    learned, fixed = (part.slopes.tolist() for part in model.modules() if isinstance(part, QuantizedHalves))
    assert learned[0] != -0.5 and learned[1] == 0.0 and learned[2] != 0.25 and fixed == [0.25]


def test_many_levels_compute_the_model() -> None:
    found = learned_thresholds(signed(), 1 << 16, X, ranges=Ranges(percentile=100))
    assert torch.allclose(found(X), signed()(X), atol=1e-3)
    with pytest.raises(
        InvalidInput, match="expected samples for activations that are no ReLUs, got none for _1, _4, _6"
    ):
        learned_thresholds(signed(), 4)
