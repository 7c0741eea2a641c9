"""Calibration keeps what it improves, and gives the same network for the same seed."""

import re
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Advanced, Light, Rate, convert
from spikewright.snn import Integrator, Network, Source, simulate
from tests.conversion.architectures import CASES, build, images

FAST = Light(samples=64, rounds=4)


FAST_ADVANCED = Advanced(samples=64, rounds=2, iterations=20)


RECIPES = {
    "synchronous": Rate(4, calibration=None),
    "layerwise": Rate(4, schedule="layerwise", calibration=None),
    "to zero": Rate(4, reset="zero", calibration=None),
    "per layer": Rate(4, per_channel=False, calibration=None),
    "signed": Rate(4, neuron="signed", calibration=None),
    "burst": Rate(4, neuron="burst", limit=3, calibration=None),
}


def errors(network: Network) -> list[tuple[float, float]]:
    """Before and after, of the rows of the report."""
    rows = [row.detail for row in network.report if row.kind == "calibration"]
    found = [re.search(r"([\d.]+)% before, ([\d.]+)% after", text) for text in rows]
    assert rows and all(found)
    return [(float(one[1]), float(one[2])) for one in found if one]


@pytest.mark.parametrize("name", RECIPES)
def test_no_layer_gets_worse_on_held_out_samples(name: str, digits: Any, trained: nn.Module) -> None:
    from dataclasses import replace

    plain = convert(trained, digits.train_images[:64], RECIPES[name])
    network = convert(trained, digits.train_images[:64], replace(RECIPES[name], calibration=FAST))
    assert all(after <= before for before, after in errors(network))
    for one, other in zip(plain.populations, network.populations, strict=True):
        if not isinstance(one.neuron, Source | Integrator):
            np.testing.assert_array_equal(one.neuron.threshold, other.neuron.threshold)
    assert weights_of(plain).keys() == weights_of(network).keys()
    for key, values in weights_of(plain).items():
        np.testing.assert_array_equal(values, weights_of(network)[key])


def weights_of(network: Network) -> dict[str, np.ndarray]:
    found = {q.name: q.synapse.weights for q in network.projections}
    return {name: weights.values() for name, weights in found.items() if weights is not None}


@pytest.mark.parametrize("calibration", [FAST, FAST_ADVANCED], ids=["light", "advanced"])
def test_logits_come_closer_on_other_samples(calibration: Any, digits: Any, trained: nn.Module) -> None:
    x = torch.from_numpy(digits.test_images)
    with torch.no_grad():
        truth = trained(x).numpy()
    gaps = {}
    for way in (None, calibration):
        network = convert(trained, digits.train_images[:64], Rate(4, "max", calibration=way))
        gaps[way] = np.square(simulate(network, x.numpy()).logits * network.logit_scale - truth).mean()
    assert gaps[calibration] < 0.9 * gaps[None]


def quantized(trained: nn.Module, digits: Any, bits: int, activation_bits: int) -> Any:
    settings = QuantizeSettings(training=TrainSettings(epochs=1))
    data = (digits.train_images[:64], digits.train_labels[:64])
    return quantize(trained, bits, data, activation_bits=activation_bits, settings=settings)


def test_what_is_exact_is_left_alone(digits: Any, trained: nn.Module) -> None:
    """A quantised CNN with as many levels as steps, each layer gathering first, has nothing to correct but rounding."""
    small = quantized(trained, digits, 8, 3)
    network = convert(small, digits.train_images[:64], Rate(7, schedule="layerwise", calibration=FAST))
    assert all(before < 0.05 for before, _ in errors(network))


def test_too_few_samples_are_said(caplog: pytest.LogCaptureFixture) -> None:
    case = CASES["lenet"]
    network = convert(build(case), images(case, 15), Rate(4))
    assert "not done: expected at least 16 samples" in str(network.report) and "16 samples" in caplog.text
    with pytest.raises(InvalidInput, match="at least 16 samples"):
        convert(build(case), images(case, 15), Rate(4, calibration="advanced"))
