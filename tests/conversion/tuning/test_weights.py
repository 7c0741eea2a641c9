"""Fine-tuning with surrogate gradients."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.conversion import FineTune, Rate, convert, fine_tune
from spikewright.conversion.tuning.weights import agreement
from spikewright.snn import Network, simulate
from spikewright.snn.twin.surrogates import Atan


def weights_of(network: Network) -> dict[str, np.ndarray]:
    found = {q.name: q.synapse.weights for q in network.projections}
    return {name: weights.values() for name, weights in found.items() if weights is not None}


def test_fine_tuning_lowers_the_loss_and_keeps_thresholds(digits: Any, trained: nn.Module) -> None:
    network = convert(trained, digits.train_images[:64], Rate(2, calibration=None))
    data = (torch.from_numpy(digits.train_images[:192]), torch.from_numpy(digits.train_labels[:192]))
    wanted = FineTune(epochs=3, rate=0.01, surrogate=Atan())
    one, other = (fine_tune(network, data, wanted) for _ in range(2))

    def loss(spiking: Network) -> float:
        logits = simulate(spiking, data[0].numpy()).logits * spiking.logit_scale
        return float(nn.functional.cross_entropy(torch.from_numpy(logits), data[1]))

    assert loss(one) < 0.8 * loss(network)
    for key, values in weights_of(one).items():
        np.testing.assert_array_equal(values, weights_of(other)[key])
    for a, b in zip(network.populations[1:-1], one.populations[1:-1], strict=True):
        np.testing.assert_array_equal(a.neuron.threshold, b.neuron.threshold)
    assert agreement(one, data[0][:32]) >= 0.9
    assert "fine-tuning" in str(one.report)


def test_fine_tuning_refuses_what_it_cannot_do(digits: Any, trained: nn.Module) -> None:
    network = convert(trained, digits.train_images[:32], Rate(2, calibration=None))
    data = (digits.train_images[:32], digits.train_labels[:32])
    with pytest.raises(InvalidNetwork, match="float32"):
        fine_tune(network.to_fixed(), data)
    with pytest.raises(InvalidInput, match="labels"):
        fine_tune(network, (data[0], data[1] + 5))
    with pytest.raises(InvalidInput, match="rate"):
        FineTune(rate=-1.0)
    assert network.projections[0].synapse.weights.told == "dense"
