"""Weights as they arrive in a network: integers, zeros, scales."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import Compressed, PruneSettings, QuantizeSettings, TrainSettings, prune, quantize
from spikewright.conversion import Quantized, Rate, Ttfs, convert
from spikewright.snn import Network, simulate
from spikewright.weights import stored_values, unscaled
from tests.conversion.architectures import CASES, build, images

NO_TRAINING = QuantizeSettings(training=TrainSettings(epochs=0))


QUANTISED = ["mlp", "lenet", "functional", "residual", "depthwise", "reused", "twice", "all convolutional"]


def small(name: str, bits: int = 4, activation_bits: int | None = None) -> Compressed:
    case = CASES[name]
    data = (images(case, 16), torch.zeros(16, dtype=torch.int64))
    return quantize(build(case), bits, data, activation_bits=activation_bits, settings=NO_TRAINING)


def answers(network: Network, name: str) -> np.ndarray:
    return simulate(network, images(CASES[name]).numpy(), engine="reference").logits * network.logit_scale


def truth(model: Compressed, name: str) -> np.ndarray:
    with torch.no_grad():
        logits = model(images(CASES[name])).flatten(1).double()
    return logits.numpy()


@pytest.mark.parametrize("recipe", [Rate(7), Ttfs(), Quantized(), Quantized(input_levels=255)], ids=str)
@pytest.mark.parametrize("name", [name for name in QUANTISED if name != "twice"])
def test_integers_survive(name: str, recipe: Rate | Ttfs | Quantized) -> None:
    model = small(name, activation_bits=4)
    network = convert(model, images(CASES[name]), recipe)
    wanted = sorted(codes.tobytes() for codes, _ in model.integers.values())
    found = [p.synapse.weights for p in network.projections if p.synapse.weights is not None]
    kept = {stored_values(one).tobytes() for one in found if np.issubdtype(stored_values(one).dtype, np.integer)}
    assert kept == set(wanted)
    scales = [unscaled(one)[1] for one in found]
    assert all(np.all(scale > 0) for scale in scales if scale is not None)


def test_thresholds_per_channel_unless_integers_read_them() -> None:
    x = images(CASES["depthwise"])
    by_layer = convert(small("depthwise"), x, Rate(7))
    # The depthwise layer reads each channel on its own, so there integers and thresholds per channel go together.
    assert [np.ndim(p.neuron.threshold) for p in by_layer.populations[1:4]] == [1, 0, 0]
    by_channel = convert(build(CASES["depthwise"]), x, Rate(7))
    assert [np.ndim(p.neuron.threshold) for p in by_channel.populations[1:4]] == [1, 1, 1]
    assert "per layer" in str(by_layer.report) and "per channel" in str(by_channel.report)
    with pytest.raises(InvalidInput, match=r"integer weights.*per_channel=None"):
        convert(small("lenet"), images(CASES["lenet"]), Rate(7, per_channel=True))


@pytest.mark.parametrize("recipe", [Rate(7), Ttfs()], ids=str)
def test_pruned_weights_are_stored_sparse_and_stay_zero(recipe: Rate | Ttfs) -> None:
    case = CASES["lenet"]
    data = (images(case, 16), torch.zeros(16, dtype=torch.int64))
    settings = PruneSettings(training=TrainSettings(epochs=0))
    model = prune(build(case), 0.8, data, settings=settings)
    network = convert(model, images(case), recipe)
    layers = [layer for layer in model.model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    for projection, layer in zip(network.projections, layers, strict=True):
        zero = layer.weight.detach().numpy() == 0
        np.testing.assert_array_equal(stored_values(projection.synapse.weights) == 0, zero)
        assert (projection.synapse.weights.told == "dense") == (not zero.any())
    assert any(p.synapse.weights.stored < p.synapse.weights.size for p in network.projections)


@pytest.mark.parametrize(("name", "projection"), [("standardised", "input->conv"), ("twice", "conv1->conv2")])
def test_input_channels_of_different_scale_make_real_weights_and_say_so(name: str, projection: str) -> None:
    model = small(name)
    network = convert(model, images(CASES[name]), Ttfs(ranges="interval"))
    np.testing.assert_allclose(answers(network, name), truth(model, name), atol=1e-4)
    assert [row.layer for row in network.report if row.action == "rounded"] == [projection]
