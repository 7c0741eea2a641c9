"""Additions of each weight: by trying every weight alone, and against those that a spiking network makes."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import spikewright as sw
from spikewright import InvalidInput
from spikewright.compress.graph.weighted import by_output, weight_layers
from spikewright.compress.pruners.spending import additions
from spikewright.conversion import Rate, convert
from spikewright.snn import simulate

LAYERS = {
    "linear": (nn.Linear(6, 4), (6,)),
    "convolution": (nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2, dilation=1), (4, 7, 5)),
    "circular": (nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular", bias=False), (2, 5, 5)),
    "sequence": (nn.Conv1d(3, 4, 3, dilation=2), (3, 9)),
    "transposed": (nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2), (4, 3, 4)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_each_weight_counts_what_it_alone_would_let_through(name: str) -> None:
    layer: Any = LAYERS[name][0]
    images = torch.randn(300, *LAYERS[name][1], generator=torch.Generator().manual_seed(0))
    model = nn.Sequential(layer)
    found = additions(model, weight_layers(model), images)["0"]
    size, alone = images.abs(), nn.Sequential(layer)[0]
    assert found.shape == by_output(layer, layer.weight).shape and found.dtype == torch.float64
    kept = {key: value.clone() for key, value in layer.state_dict().items()}
    expected = torch.zeros_like(layer.weight)
    with torch.no_grad():
        if layer.bias is not None:
            layer.bias.zero_()
        for place in np.ndindex(*layer.weight.shape):
            layer.weight.zero_()[place] = 1.0
            expected[place] = alone(size).sum() / (size.max() * len(images))
    layer.load_state_dict(kept)
    torch.testing.assert_close(found, by_output(layer, expected).double(), rtol=1e-4, atol=1e-5)


def test_they_are_what_the_converted_network_adds() -> None:
    images = sw.load_dataset("digits").first(200, 10).train_images
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(32, 10)
    )
    layers = weight_layers(model, ("0",))
    each = additions(model.eval(), layers, torch.from_numpy(images))
    steps = 64
    network = convert(model, images, Rate(steps=steps, per_channel=False, percentile=100))
    counted = simulate(network, images).synaptic_operations
    made = [float(np.mean(counted[q.name])) for q in network.projections[1:]]
    assert [float(each[path].sum()) * steps for path in layers] == pytest.approx(made, rel=0.05)


def test_a_layer_that_is_called_twice_counts_both_and_one_that_is_not_counts_nothing() -> None:
    layer, idle = nn.Linear(3, 3, bias=False), nn.Linear(3, 2)
    torch.nn.init.eye_(layer.weight)

    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.idle = layer, idle

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(self.layer(x))

    model = Twice()
    found = additions(model, weight_layers(model), torch.tensor([[1.0, 0.5, 0.0], [0.0, 0.0, 0.0]]))
    assert found["layer"].tolist() == [[1.0, 0.5, 0.0]] * 3 and not found["idle"].any()
    assert not layer._forward_pre_hooks and not model.training


def test_a_layer_may_be_called_by_name() -> None:
    class Named(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(input=x)

    model = Named()
    assert additions(model, weight_layers(model), torch.tensor([[1.0, 0.5]]))["layer"].tolist() == [[1.0, 0.5]]


@pytest.mark.parametrize("count", [0, 2])
def test_images_that_show_nothing_are_refused(count: int) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3))
    with pytest.raises(InvalidInput, match=rf"got {count} on which they read zeros alone; try other images"):
        additions(model, weight_layers(model), torch.zeros(count, 1, 4, 4))
    assert not model[0]._forward_pre_hooks
