"""Learned thresholds: every ReLU is replaced in one call, trains on, is saved and rebuilt, and converts exactly."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import (
    QuantizedReLU,
    Ranges,
    TrainSettings,
    fit,
    keep_ranges_positive,
    learned_thresholds,
)
from spikewright.compress.training.loop import Hooks
from spikewright.conversion import Quantized, convert
from spikewright.snn import simulate


class Mixed(nn.Module):
    """A reused ReLU module, functions, a method, an in-place ReLU, ReLU6, a clamp, and functional dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.norm, self.act, self.six = nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.ReLU6()
        self.head = nn.Linear(64, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(self.norm(self.one(x)))
        x = self.act(x + self.two(x))
        x = F.relu(self.two(x)).relu() + self.six(x).clamp(0, 2)
        return self.head(F.dropout(x.flatten(1), 0.5, self.training))


RELUS = 6
IMAGES = torch.rand(16, 1, 4, 4, generator=torch.Generator().manual_seed(1))


def ranges_of(model: nn.Module) -> list[float]:
    return [module.clip for module in model.modules() if isinstance(module, QuantizedReLU)]


def test_every_relu_gets_a_range_of_its_own() -> None:
    model = Mixed()
    swapped = learned_thresholds(model, 4, IMAGES)
    assert len(ranges_of(swapped)) == RELUS
    assert not any(isinstance(module, nn.ReLU | nn.ReLU6) for module in swapped.modules())
    assert not any(isinstance(module, QuantizedReLU) for module in model.modules())
    assert ranges_of(learned_thresholds(model, 4)) == [8.0, 8.0, 8.0, 8.0, 6.0, 2.0]


def test_many_levels_change_nothing() -> None:
    torch.manual_seed(0)
    model = Mixed().eval()
    swapped = learned_thresholds(model, 1 << 18, IMAGES, ranges=Ranges(percentile=100))
    with torch.no_grad():
        assert torch.allclose(swapped(IMAGES), model(IMAGES), atol=1e-4)


def test_mode_and_dropout_follow_the_model() -> None:
    swapped = learned_thresholds(Mixed().train(), 4, IMAGES)
    assert swapped.training and not torch.equal(swapped(IMAGES), swapped(IMAGES))
    swapped.eval()
    assert torch.equal(swapped(IMAGES), swapped(IMAGES))


@settings(deadline=None)
@given(levels=st.integers(1, 15), alpha=st.floats(0.25, 4), seed=st.integers(0, 99))
def test_gradients_are_those_of_qcfs(levels: int, alpha: float, seed: int) -> None:
    """Its statement (arXiv 2303.04347) by automatic differentiation: theta * clip(round_st(L x/theta + 1/2)/L, 0, 1)."""
    x = torch.randn(64, generator=torch.Generator().manual_seed(seed)).double() * 2
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    layer, theta = QuantizedReLU(levels, alpha).double(), torch.tensor(alpha, dtype=torch.float64, requires_grad=True)
    weights = torch.arange(64).double()
    inner = (theirs / theta).clamp(0, 1) * levels + 0.5
    reference = theta * (inner + (inner.floor() - inner).detach()) / levels
    value = layer(ours)
    (value * weights).sum().backward()
    (reference * weights).sum().backward()
    assert torch.allclose(value, reference)
    assert torch.allclose(ours.grad, theirs.grad)
    assert layer.alpha.grad is not None and theta.grad is not None
    assert float(layer.alpha.grad) == pytest.approx(float(theta.grad), rel=1e-4, abs=1e-4)


def small() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 8), nn.ReLU6(), nn.Linear(8, 3)
    )


def test_trains_on_is_saved_rebuilt_and_converted_exactly(tmp_path: Path) -> None:
    labels = (IMAGES.mean((1, 2, 3)) > IMAGES.mean()).long()
    model = learned_thresholds(small(), 4, IMAGES)
    before = ranges_of(model), model.get_buffer("1.running_mean").clone()
    log = fit(model, (IMAGES, labels), TrainSettings(epochs=20, lr=0.02), hooks=Hooks(after_step=keep_ranges_positive))
    assert log[-1].loss < log[0].loss
    assert ranges_of(model) != before[0] and min(ranges_of(model)) > 0
    assert not torch.equal(model.get_buffer("1.running_mean"), before[1])
    save_file(model.state_dict(), tmp_path / "m.safetensors")
    again = learned_thresholds(small().eval(), 4)
    again.load_state_dict(load_file(tmp_path / "m.safetensors"))
    with torch.no_grad():
        expected = model(IMAGES)
        assert torch.equal(again(IMAGES), expected)
    logits = simulate(convert(again, IMAGES.numpy(), Quantized()), IMAGES.numpy()).logits
    assert np.allclose(logits, expected.numpy(), atol=1e-4)


def test_an_older_quantised_relu_gets_the_new_levels() -> None:
    twice = learned_thresholds(learned_thresholds(small(), 4, IMAGES), 16, IMAGES)
    assert [module.levels for module in twice.modules() if isinstance(module, QuantizedReLU)] == [16, 16]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: learned_thresholds(nn.Sequential(nn.Linear(3, 2)), 4), "at least one ReLU"),
        (lambda: learned_thresholds(small(), 0), "at least one quantisation level"),
        (lambda: learned_thresholds(small(), 4, ranges=Ranges(alpha=-1)), "positive finite clip range"),
        (lambda: learned_thresholds(small(), 4, IMAGES, ranges=Ranges(percentile=101)), r"percentile in \(0, 100\]"),
        (lambda: learned_thresholds(small(), 4, IMAGES * torch.nan), "finite samples"),
        (lambda: learned_thresholds(small(), 4, torch.zeros(2, 3, 9, 9)), "sample that fits the model"),
        (lambda: learned_thresholds("model", 4), "expected an nn.Module"),
    ],
)
def test_bad_input_says_what_to_do(call: object, match: str) -> None:
    with pytest.raises(InvalidInput, match=match):
        call()  # type: ignore[operator]
