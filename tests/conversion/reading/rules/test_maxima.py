"""Max pooling of levels whose channels have scales of both signs: they are counted from the top, and nothing is rounded."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.compress import Compressed, QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Quantized, Rate, Recipe, Ttfs, convert, exact
from spikewright.snn import simulate

IMAGES = np.random.default_rng(0).random((12, 1, 8, 8)).astype(np.float32)
UNTRAINED = QuantizeSettings(training=TrainSettings(epochs=0))


def small(scales: list[float], *between: nn.Module) -> Compressed:
    """A quantised network with a batch norm of these scales between its ReLU and a max pooling."""
    torch.manual_seed(0)
    norm = nn.BatchNorm2d(4)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor(scales))
        norm.bias.uniform_(-0.5, 0.5)
        norm.running_mean.uniform_(-0.2, 0.2)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.ReLU(),
        *between,
        norm,
        nn.MaxPool2d(2),
        nn.Conv2d(4, 3, 3, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.LazyLinear(5),
    ).eval()
    model(torch.from_numpy(IMAGES))
    data = (IMAGES, np.zeros(len(IMAGES), np.int64))
    return quantize(model, 8, data, activation_bits=3, settings=UNTRAINED)


def truth(model: Compressed) -> np.ndarray:
    with torch.no_grad():
        return model(torch.from_numpy(IMAGES)).double().numpy()


SCALES = {
    "both signs": [0.7, -1.2, 0.9, -0.4],
    "all negative": [-0.7, -1.2, -0.9, -0.4],
    "zero and negative": [0.0, -1.2, 0.9, 0.0],
    "zero": [0.0, 1.2, 0.9, 0.4],
}


@pytest.mark.parametrize("scales", SCALES.values(), ids=SCALES)
@pytest.mark.parametrize("recipe", [Quantized(), Rate(7, schedule="layerwise"), Ttfs(ranges="interval")])
def test_maxima_of_any_scale_are_those_of_the_quantised_model(scales: list[float], recipe: Recipe) -> None:
    model = small(scales)
    network = convert(model, IMAGES, recipe, judge=False)
    answers = simulate(network, IMAGES, engine="reference").answers
    np.testing.assert_allclose(answers, truth(model), atol=2e-5)


@pytest.mark.parametrize("scales", SCALES.values(), ids=SCALES)
def test_counts_of_spikes_are_the_integers(scales: list[float]) -> None:
    pair = exact(small(scales), IMAGES)
    spikes, integers = (simulate(one, IMAGES, engine="reference").logits for one in (pair.snn, pair.cnn))
    np.testing.assert_array_equal(spikes, integers)


def test_a_maximum_of_maxima_knows_the_levels_below_it() -> None:
    model = small(SCALES["both signs"], nn.MaxPool2d(2))
    network = convert(model, IMAGES, Quantized(), judge=False)
    np.testing.assert_allclose(simulate(network, IMAGES, engine="reference").answers, truth(model), atol=2e-5)


def test_what_is_turned_over_is_said() -> None:
    told = [row.detail for row in convert(small(SCALES["both signs"]), IMAGES, Quantized(), judge=False).report]
    assert any("2 channels of negative scale count their levels from the top" in detail for detail in told)


def test_channels_silenced_by_a_zero_need_no_population() -> None:
    networks = [convert(small(scales), IMAGES, Quantized(), judge=False) for scales in ([1.0] * 4, SCALES["zero"])]
    assert len(networks[0].populations) == len(networks[1].populations)
