"""A draft keeps what it starts from, and takes what a method makes of it."""

import torch
from torch import nn

from spikewright.compress import (
    PruneSettings,
    QuantizeSettings,
    TrainSettings,
    prune,
    quantize,
)
from spikewright.compress.graph.weighted import weight_layers

X = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
Y = torch.arange(32) % 3
TUNED = QuantizeSettings(training=TrainSettings(epochs=2, batch_size=8))


def made() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))


def test_zeros_of_a_plain_module_stay_zeros() -> None:
    plain = prune(made(), 0.6).model
    before = {path: layer.weight == 0 for path, layer in weight_layers(plain).items()}
    tuned = PruneSettings(rounds=1, training=TrainSettings(epochs=1, batch_size=8), final_epochs=1)
    for small in (quantize(plain, 8, (X, Y), settings=TUNED), prune(plain, 0.0, (X, Y), settings=tuned)):
        assert "zeros that were there before stay zeros: 0 (" in small.steps[0]
        for path, layer in weight_layers(small.model).items():
            assert not layer.weight[before[path]].any()


def test_a_layer_of_zeros_and_a_dense_one_may_grow() -> None:
    model = made()
    with torch.no_grad():
        model[3].weight.zero_()
        model[0].weight[0, 0, 0, 0] = 0.0  # one of 36 is more than one in a hundred
    small = quantize(model, 8, (X, Y), settings=TUNED)
    assert "0 (2.8 %)" in small.steps[0] and list(small.masks) == ["0"]
    assert small.model.get_parameter("3.weight").abs().max() > 0
