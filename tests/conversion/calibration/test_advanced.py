"""Weights that are tuned: real ones only, and zeros stay zeros."""

from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Advanced, Rate, convert
from spikewright.snn import Network

FAST_ADVANCED = Advanced(samples=64, rounds=2, iterations=20)


def weights_of(network: Network) -> dict[str, np.ndarray]:
    found = {q.name: q.synapse.weights for q in network.projections}
    return {name: weights.values() for name, weights in found.items() if weights is not None}


def test_same_seed_same_network_and_zeros_stay_zeros(digits: Any, trained: nn.Module) -> None:
    import copy

    sparse = copy.deepcopy(trained)
    with torch.no_grad():
        for layer in sparse.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                layer.weight[layer.weight.abs() < layer.weight.abs().median()] = 0.0
    made = [convert(sparse, digits.train_images[:64], Rate(4, calibration=FAST_ADVANCED)) for _ in range(2)]
    plain = convert(sparse, digits.train_images[:64], Rate(4, calibration=None))
    one, other, before = (weights_of(network) for network in (*made, plain))
    for key, values in one.items():
        np.testing.assert_array_equal(values, other[key])
        np.testing.assert_array_equal(values == 0, before[key] == 0)
    assert any((one[key] != before[key]).any() for key in one)
    for a, b in zip(*(network.populations for network in made), strict=True):
        np.testing.assert_array_equal(a.bias, b.bias)
        np.testing.assert_array_equal(a.initial, b.initial)


def quantized(trained: nn.Module, digits: Any, bits: int, activation_bits: int) -> Any:
    settings = QuantizeSettings(training=TrainSettings(epochs=1))
    data = (digits.train_images[:64], digits.train_labels[:64])
    return quantize(trained, bits, data, activation_bits=activation_bits, settings=settings)


def test_integer_weights_are_not_tuned(digits: Any, trained: nn.Module) -> None:
    small = quantized(trained, digits, 4, 2)
    plain, tuned = (convert(small, digits.train_images[:64], Rate(4, calibration=way)) for way in (None, FAST_ADVANCED))
    for key, values in weights_of(plain).items():
        np.testing.assert_array_equal(values, weights_of(tuned)[key])
    assert "weights are integers" in str(tuned.report)
