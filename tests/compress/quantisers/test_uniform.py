"""Integer weights and activations of a few bits: where they go, what they are of, one scale for the logits."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from spikewright.compress import (
    QuantizedReLU,
    QuantizeSettings,
    TrainSettings,
    load,
    quantize,
    save,
)
from tests.compress.small_network import QUANTIZE, make


def test_every_relu_becomes_its_own_quantised_relu_and_batch_norm_is_folded() -> None:
    model, data = make()
    result = quantize(model, 2, data, activation_bits=3, settings=QUANTIZE)
    quantised = [module for module in result.model.modules() if isinstance(module, QuantizedReLU)]
    assert len(quantised) == 3 and all(module.levels == 7 for module in quantised)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in result.model.modules())
    assert "norm folded, into stem" in result.steps[0] and "2-bit weights" in result.steps[1]
    again = quantize(result, 2, data, activation_bits=2, settings=QUANTIZE)
    assert [module.levels for module in again.model.modules() if isinstance(module, QuantizedReLU)] == [3, 3, 3]


def test_integers_of_numpy_are_integers(tmp_path: Path) -> None:
    model, data = make()
    untuned = QuantizeSettings(training=TrainSettings(epochs=np.int64(0)))
    small = quantize(model, np.int64(3), data, activation_bits=np.int32(2), settings=untuned)
    save(small, tmp_path / "small")
    plain = quantize(model, 3, data, activation_bits=2, settings=untuned)
    assert torch.equal(load(tmp_path / "small", model)(data[0]), plain(data[0]))


def test_the_layer_of_the_logits_has_one_scale() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3), nn.Softmax(dim=1))
    data = (torch.rand(32, 6), torch.randint(0, 3, (32,)))
    small = quantize(model, bits=4, data=data, settings=QuantizeSettings(training=TrainSettings(epochs=1)))
    hidden, answer = (scale for _, scale in small.integers.values())
    assert len(set(hidden.tolist())) == 5
    assert len(set(answer.tolist())) == 1


def test_activations_are_quantised_beside_labels_of_pixels_and_none() -> None:
    """Without training only the images are looked at: made-up classes need not be found for them."""
    torch.manual_seed(0)
    dense, images = (
        nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 1)).eval(),
        torch.rand(8, 1, 6, 6),
    )
    settings = QuantizeSettings(training=TrainSettings(epochs=0))
    made = [
        quantize(dense, 8, (images, labels), activation_bits=4, settings=settings)
        for labels in (torch.zeros(8, dtype=torch.int64), torch.zeros(8, 6, 6), None)
    ]
    answers = [one.model(images) for one in made]
    assert all(torch.equal(answers[0], other) for other in answers[1:])
