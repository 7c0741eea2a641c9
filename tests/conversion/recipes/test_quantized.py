"""The quantised CNN itself, and codes that reproduce it."""

import numpy as np
import pytest
import torch

from spikewright.conversion import Quantized, Rate, Ttfs, Unconvertible, convert
from spikewright.snn import simulate
from tests.conversion.architectures import CASES, build, images
from tests.conversion.quantised import QUANTISED, answers, small, truth


def centred(logits: np.ndarray) -> np.ndarray:
    """Logits up to a constant: what a log-softmax at the end leaves of them."""
    return logits - logits.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("name", QUANTISED)
def test_the_one_step_network_is_the_quantised_model(name: str) -> None:
    model = small(CASES[name], activation_bits=3)
    network = convert(model, images(CASES[name]), Quantized())
    assert network.steps == 1
    np.testing.assert_allclose(centred(answers(network, name)), centred(truth(model, name)), atol=1e-4)


@pytest.mark.parametrize("name", QUANTISED)
def test_spike_times_reproduce_the_quantised_model(name: str) -> None:
    model = small(CASES[name], activation_bits=3)
    network = convert(model, images(CASES[name]), Ttfs(ranges="interval"))
    np.testing.assert_allclose(centred(answers(network, name)), centred(truth(model, name)), atol=1e-4)


@pytest.mark.parametrize("name", QUANTISED)
def test_layerwise_spikes_count_the_levels(name: str) -> None:
    """With as many steps as levels, v0 = threshold / 2 and the whole input first, the count is the rounded level."""
    model = small(CASES[name], activation_bits=3)
    network = convert(model, images(CASES[name]), Rate(7, schedule="layerwise"))
    np.testing.assert_allclose(centred(answers(network, name)), centred(truth(model, name)), atol=1e-4)


def test_quantised_recipe_needs_quantised_activations() -> None:
    with pytest.raises(Unconvertible, match=r"_1 \(ReLU\).*compress.quantize") as caught:
        convert(build(CASES["mlp"]), images(CASES["mlp"]), Quantized())
    assert [row.layer for row in caught.value.report if row.action == "refused"] == ["_1"]


def test_quantised_recipe_refuses_pools_that_need_a_population() -> None:
    with pytest.raises(Unconvertible, match="try a ReLU after it"):
        convert(small(CASES["padded pool"], activation_bits=3), images(CASES["padded pool"]), Quantized())


def test_fixed_point_keeps_the_predictions_of_the_quantised_model() -> None:
    model = small(CASES["lenet"], activation_bits=4)
    images_on_grid = (images(CASES["lenet"], 32) * 255).round() / 255
    network = convert(model, images_on_grid, Quantized(input_levels=255))
    fixed = simulate(network.to_fixed(potential_bits=24), images_on_grid.numpy())
    with torch.no_grad():
        wanted = model(images_on_grid).argmax(1).numpy()
    assert (fixed.predictions == wanted).mean() >= 0.9
