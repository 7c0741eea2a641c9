"""The table of architectures: sizes, seeds, layers that convert."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.experiments.models.table import architecture, build, model_names, parameter_count

# Each count is a sum over layers of (inputs + 1) outputs; a batch norm adds two per channel, its convolution no bias.
PARAMETERS = {
    "small_cnn": (9 + 1) * 16 + (16 * 9 + 1) * 32 + (128 + 1) * 64 + (64 + 1) * 10,
    "mlp_300": (784 + 1) * 300 + (300 + 1) * 10,
    "lenet_300_100": (784 + 1) * 300 + (300 + 1) * 100 + (100 + 1) * 10,
    "lenet5": (25 + 1) * 20 + (20 * 25 + 1) * 50 + (800 + 1) * 500 + (500 + 1) * 10,
    "lenet32_64": (25 + 1) * 32 + (32 * 25 + 1) * 64 + (1024 + 1) * 128 + (128 + 1) * 10,
    "vgg7": 9 * (3 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256)
    + 2 * (32 + 32 + 64 + 64 + 128 + 128 + 256)
    + (256 * 4 + 1) * 10,
    "vgg7_wide": 9 * (3 * 32 + 32 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 256 * 256 + 256 * 256)
    + 2 * (32 + 64 + 128 + 128 + 256 + 256 + 256)
    + (256 * 4 + 1) * 10,
    # First layer, stage 1 (6 convolutions 16 to 16), stages 2 and 3 (one doubling, 5 more, the shortcut), classifier.
    "resnet20": 9 * 3 * 16
    + 9 * (6 * 16 * 16 + 16 * 32 + 5 * 32 * 32 + 32 * 64 + 5 * 64 * 64)
    + (16 * 32 + 32 * 64)
    + 2 * (7 * 16 + 7 * 32 + 7 * 64)
    + (64 + 1) * 10,
    # Convolutions with batch norms, the two layers of each gate with their biases, the classifier.
    "gated_cnn": 9 * (1 * 16 + 16 * 32 + 32 * 64)
    + 2 * (16 + 32 + 64)
    + (16 * 2 + 2 + 2 * 16 + 16)
    + (32 * 4 + 4 + 4 * 32 + 32)
    + (64 * 8 + 8 + 8 * 64 + 64)
    + (64 + 1) * 10,
}


ADAPTED = ("gated_cnn",)
"""Made to be adapted first."""
CONVERTIBLE = (nn.Conv2d, nn.Linear, nn.ReLU, nn.AvgPool2d, nn.BatchNorm2d, nn.Flatten, nn.Identity)


EACH_MODEL = pytest.mark.parametrize("name", model_names())


@EACH_MODEL
def test_parameter_count(name: str) -> None:
    assert parameter_count(build(name)) == PARAMETERS[name]


@EACH_MODEL
def test_logits_of_the_declared_input(name: str) -> None:
    images = torch.rand(2, *architecture(name).shape)
    for classes in (10, 3):
        assert build(name, classes=classes)(images).shape == (2, classes)


@EACH_MODEL
def test_same_seed_same_weights_and_torchs_random_state_is_left_alone(name: str) -> None:
    before = torch.get_rng_state()
    first, again, other = (build(name, seed=seed).state_dict() for seed in (3, 3, 4))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("name", [name for name in model_names() if name not in ADAPTED])
def test_every_layer_is_of_a_kind_that_converts(name: str) -> None:
    leaves = [module for module in build(name).modules() if not list(module.children())]
    assert {type(leaf) for leaf in leaves} <= set(CONVERTIBLE)


def test_unknown_model() -> None:
    with pytest.raises(InvalidInput, match="lenet5"):
        build("lenet6")
