"""Compressed weights stay compressed: integers stay integers, zeros stay zeros, and the quantised CNN is reproduced."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import Compressed, PruneSettings, QuantizeSettings, TrainSettings, prune, quantize
from spikewright.conversion import Quantized, Rate, Ttfs, Unconvertible, convert
from spikewright.snn import Identity, Linear, Network, simulate
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


def centred(logits: np.ndarray) -> np.ndarray:
    """Logits up to a constant: what a log-softmax at the end leaves of them."""
    return logits - logits.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("name", QUANTISED)
def test_the_one_step_network_is_the_quantised_model(name: str) -> None:
    model = small(name, activation_bits=3)
    network = convert(model, images(CASES[name]), Quantized())
    assert network.steps == 1
    np.testing.assert_allclose(centred(answers(network, name)), centred(truth(model, name)), atol=1e-4)


@pytest.mark.parametrize("name", QUANTISED)
def test_spike_times_reproduce_the_quantised_model(name: str) -> None:
    model = small(name, activation_bits=3)
    network = convert(model, images(CASES[name]), Ttfs(ranges="interval"))
    np.testing.assert_allclose(centred(answers(network, name)), centred(truth(model, name)), atol=1e-4)


@pytest.mark.parametrize("name", QUANTISED)
def test_layerwise_spikes_count_the_levels(name: str) -> None:
    """With as many steps as levels, v0 = threshold / 2 and the whole input first, the count is the rounded level."""
    model = small(name, activation_bits=3)
    network = convert(model, images(CASES[name]), Rate(7, schedule="layerwise"))
    np.testing.assert_allclose(centred(answers(network, name)), centred(truth(model, name)), atol=1e-4)


@pytest.mark.parametrize("recipe", [Rate(7), Ttfs(), Quantized(), Quantized(input_levels=255)], ids=str)
@pytest.mark.parametrize("name", [name for name in QUANTISED if name != "twice"])
def test_integers_survive(name: str, recipe: Rate | Ttfs | Quantized) -> None:
    model = small(name, activation_bits=4)
    network = convert(model, images(CASES[name]), recipe)
    wanted = sorted(codes.tobytes() for codes, _ in model.integers.values())
    found = [p.synapse.weights for p in network.projections if hasattr(p.synapse, "weights")]
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


def test_quantised_recipe_needs_quantised_activations() -> None:
    with pytest.raises(Unconvertible, match=r"_1 \(relu\).*compress.quantize") as caught:
        convert(build(CASES["mlp"]), images(CASES["mlp"]), Quantized())
    assert [row.layer for row in caught.value.report if row.action == "refused"] == ["_1"]


def test_quantised_recipe_refuses_pools_that_need_a_population() -> None:
    with pytest.raises(Unconvertible, match="try a ReLU after it"):
        convert(small("padded pool", activation_bits=3), images(CASES["padded pool"]), Quantized())


def test_fixed_point_keeps_the_predictions_of_the_quantised_model() -> None:
    model = small("lenet", activation_bits=4)
    images_on_grid = (images(CASES["lenet"], 32) * 255).round() / 255
    network = convert(model, images_on_grid, Quantized(input_levels=255))
    fixed = simulate(network.to_fixed(potential_bits=24), images_on_grid.numpy())
    with torch.no_grad():
        wanted = model(images_on_grid).argmax(1).numpy()
    assert (fixed.predictions == wanted).mean() >= 0.9


def test_a_residual_sum_is_two_projections() -> None:
    network = convert(build(CASES["residual"]), images(CASES["residual"]), Rate(7))
    into = [p for p in network.projections if p.target == "block1_conv2"]
    assert [type(p.synapse).__name__ for p in into] == ["Conv2d", "Identity"]
    source = network.by_name[into[1].source]
    assert isinstance(into[1].synapse, Identity)
    np.testing.assert_allclose(into[1].synapse.gain, source.neuron.threshold)


def test_pools_become_addresses() -> None:
    network = convert(build(CASES["lenet"]), images(CASES["lenet"]), Ttfs())
    assert [p.pool for p in network.projections] == [(1, 1), (2, 2), (2, 2), (1, 1)]
    weights = build(CASES["lenet"])[3].weight.detach().numpy()
    np.testing.assert_allclose(stored_values(network.projections[1].synapse.weights), weights / 4, rtol=1e-6)
    assert isinstance(network.projections[-1].synapse, Linear)


def test_the_network_file_keeps_a_converted_network(tmp_path) -> None:
    network = convert(small("residual", activation_bits=3), images(CASES["residual"]), Rate(7))
    network.save(tmp_path / "network.snn")
    again = Network.load(tmp_path / "network.snn")
    np.testing.assert_array_equal(answers(again, "residual"), answers(network, "residual"))
    assert str(again.report) == str(network.report)
    assert replace(again).logit_scale == network.logit_scale
