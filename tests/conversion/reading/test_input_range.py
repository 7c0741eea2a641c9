"""Inputs of another range are sent in [0, 1], and the first layer, padding included, takes shift and scale in."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Quantized, Rate, Ttfs, convert, exact, verify
from spikewright.conversion.recipes import Recipe
from spikewright.snn import Network, simulate
from spikewright.snn.running import InputRange
from spikewright.snn.twin.network import Twin

LOW, HIGH = -2.1, 2.6


def case() -> tuple[nn.Module, torch.Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(36, 5)
        ).eval()
        return net, LOW + (HIGH - LOW) * torch.rand(20, 2, 6, 6)


def far(network: Network, net: nn.Module, images: torch.Tensor) -> float:
    with torch.no_grad():
        truth = net(images).numpy()
    found = simulate(network, images, engine="reference").logits * network.logit_scale
    return float(abs(found - truth).max() / abs(truth).max())


@pytest.mark.parametrize(
    ("recipe", "most"),
    [(Ttfs(), 1e-5), (Rate(256, input_levels=255, calibration=None), 0.02), (Ttfs(levels=255), 0.05)],
)
def test_networks_of_a_range_answer_as_the_model_does(recipe: Recipe, most: float) -> None:
    net, images = case()
    assert far(convert(net, images, recipe, input_range=(LOW, HIGH)), net, images) <= most


def test_fixed_point_and_integers_send_the_range() -> None:
    net, images = case()
    fixed = convert(net, images, Rate(256, calibration=None), input_range=(LOW, HIGH)).to_fixed(weight_bits=12)
    assert far(fixed, net, images) <= 0.03
    settings = QuantizeSettings(training=TrainSettings(epochs=0))
    small = quantize(net, 8, (images, None), activation_bits=8, settings=settings)
    assert far(convert(small, images, Quantized(255, integer=True), input_range=(LOW, HIGH)), net, images) <= 0.05
    assert verify(exact(small, images, input_range=(LOW, HIGH)), images.numpy()).equal.all()


def test_the_range_is_kept_checked_and_used_by_the_twin(tmp_path: Path) -> None:
    net, images = case()
    made = convert(net, images, Ttfs(), input_range=(LOW, HIGH))
    made.save(tmp_path / "net.spike")
    network = Network.load(tmp_path / "net.spike")
    assert network.run.input_range == InputRange(LOW, HIGH)
    with pytest.raises(InvalidInput, match=r"expected inputs in \[-2.1, 2.6\]"):
        simulate(network, images + 1)
    found = Twin(network)(images).detach().numpy()
    assert np.allclose(found, simulate(network, images, engine="reference").logits, rtol=1e-4, atol=1e-5)


def test_ranges_that_are_none_are_refused() -> None:
    net, images = case()
    for low, high in ((1.0, 1.0), (0.0, float("inf"))):
        with pytest.raises(InvalidInput, match="expected an input range low < high"):
            convert(net, images, Ttfs(), input_range=(low, high))
    with pytest.raises(InvalidInput, match=r"expected samples in \[0, 1\]"):
        convert(net, images, Ttfs(), input_range=(0.0, 1.0))


def test_the_report_says_that_a_core_takes_scaled_inputs() -> None:
    net, images = case()
    network = convert(net, images, Rate(8), input_range=(LOW, HIGH))
    told = [row.detail for row in network.report if row.kind == "hardware"]
    assert len(told) == 1 and "in [0, 1]: who feeds it scales" in told[0]
    assert not [row for row in convert(net, images, Rate(8)).report if row.kind == "hardware"]
