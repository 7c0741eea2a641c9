"""Each torch layer between neurons does to a chain what torch does to a map, and what has no counterpart is named."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn import Direct, Integrator, Network, Population, Source, simulate
from spikewright.snn.interop.modules.chain import Flat, ModuleChain, Op
from spikewright.snn.interop.modules.layers import BETWEEN_NEURONS, is_idle, through_layers

IMAGES = torch.rand(3, 4, 8, 8, generator=torch.Generator().manual_seed(0))


def made(*layers: Any) -> np.ndarray:
    """Sums and constants of the projection that the layers become."""
    chain = ModuleChain("in", (4, 8, 8))
    projection = through_layers(chain, tuple(Op(str(number), layer) for number, layer in enumerate(layers)))
    bias = sum(chain.constants(projection.shape).values(), np.zeros(projection.shape)).astype(np.float32)
    parts = (Population("in", (4, 8, 8), Source()), Population("out", projection.shape, Integrator(), bias))
    ways = (projection.projection("out", 0, np.ones(())),)
    found = simulate(Network(parts, ways, "in", "out", Direct(1)), IMAGES.numpy(), engine="reference")
    return np.asarray(found.logits).reshape(3, *projection.shape)


LAYERS: dict[str, list[nn.Module]] = {
    "average": [nn.AvgPool2d(2)],
    "sum": [nn.LPPool2d(1, 2), nn.Flatten(), nn.Linear(64, 3)],
    "adaptive": [nn.AdaptiveAvgPool2d(2)],
    "adaptive to what there is": [nn.AdaptiveAvgPool2d(8)],
    "upsampling": [nn.Upsample(scale_factor=2)],
    "flatten": [nn.Flatten(), nn.Linear(256, 3)],
    "batch norm and padding": [nn.BatchNorm2d(4), nn.Conv2d(4, 2, 3, padding="same")],
    "dropout and nothing": [nn.Dropout2d(0.5), nn.Conv2d(4, 2, 3, bias=False), nn.Identity()],
    "transposed": [nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2)],
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_chain_makes_what_torch_makes(name: str) -> None:
    module = nn.Sequential(*LAYERS[name]).eval()
    with torch.no_grad():
        np.testing.assert_allclose(made(*module), module(IMAGES).numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("layers", "what"),
    [
        ([nn.ReLU()], "'0': a ReLU has no counterpart"),
        ([nn.Linear(8, 2)], "'0': expected a Flatten"),
        ([nn.Flatten(), nn.Conv2d(4, 2, 3)], "'1': expected a convolution before"),
        ([nn.Conv2d(4, 2, 3, padding_mode="reflect")], "'0': expected a padding of zeros"),
        ([nn.Conv2d(4, 2, 2, padding="same")], "the same padding on both sides"),
        ([nn.AvgPool2d(2, padding=1)], "an average without padding"),
        ([nn.LPPool2d(2, 2)], "sums over windows"),
        ([nn.AdaptiveAvgPool2d(3)], "windows of one size"),
        ([nn.Upsample(scale_factor=1.5)], "whole factors"),
        ([nn.Conv2d(4, 2, 3), nn.Upsample(scale_factor=2)], "right behind neurons"),
        ([nn.Flatten(), nn.BatchNorm1d(256)], "between a Flatten and batch norm"),
        ([nn.BatchNorm2d(4, track_running_stats=False)], "running statistics"),
        ([Flat(5)], "all 256 values"),
    ],
)
def test_what_is_refused_is_named(layers: list[Any], what: str) -> None:
    with pytest.raises(InvalidNetwork, match=what):
        made(*layers)


def test_a_derived_layer_has_the_rule_of_its_base() -> None:
    class Own(nn.AvgPool2d):
        pass

    assert np.array_equal(made(Own(2)), made(nn.AvgPool2d(2)))
    assert is_idle(nn.Dropout()) and not is_idle(nn.Identity()) and nn.Identity in BETWEEN_NEURONS
