"""Flips of stored bits, in networks and in compressed models."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import integer_weights
from spikewright.compress.quantisers.integers import to_integers, to_values, weight_scales
from spikewright.conversion import Rate, convert
from spikewright.robustness import (
    AnnPredictor,
    SnnPredictor,
    WeightBitFlipsFault,
)
from spikewright.robustness.corruptions.bitflips import flip_compressed
from spikewright.snn import Network, WeightBitFlips, simulate, with_faults
from spikewright.weights import Leaf, Scaled, unscaled
from tests.snn.every_record import NETWORKS


@pytest.fixture(scope="module")
def fixed(rate_network: Network) -> SnnPredictor:
    return SnnPredictor(rate_network.to_fixed(weight_bits=6), "fixed")


@pytest.fixture(scope="module")
def compressed(digits: Any) -> Compressed:
    """The model with 4-bit weights, built by hand."""
    model, weights = copy.deepcopy(torch.nn.Sequential(*digits.model)), {}
    for path in ("0", "2", "5"):
        weight = model.get_submodule(path).weight
        scale = weight_scales(weight, 4)
        codes = to_integers(weight, scale, 4)
        weight.data = to_values(codes, scale)
        weights[path] = Scaled(Leaf(codes.numpy(), 16), scale.numpy())
    return Compressed(model, weights)


def test_flips_of_a_network_are_those_of_its_fault(fixed: SnnPredictor) -> None:
    """One law: what the corruption does to a network is what `snn.WeightBitFlips` does."""
    shape = fixed.network.by_name[fixed.network.input].shape
    images = torch.rand((4, *shape), generator=torch.Generator().manual_seed(0))
    chip = with_faults(fixed.network, WeightBitFlips(0.1, seed=5))
    wanted = torch.from_numpy(simulate(chip, images.numpy()).predictions)
    assert torch.equal(WeightBitFlipsFault()(fixed, images, 0.1, seed=5), wanted)


def test_a_compressed_model_flips_as_its_network_does(compressed: Compressed) -> None:
    """The same memories in the same order, the same draws: integers of the model and of the network stay equal."""
    network = convert(compressed, torch.rand(4, 1, 8, 8), Rate(steps=2))
    chip = with_faults(network, WeightBitFlips(0.1, seed=5))
    harmed = flip_compressed(compressed, 0.1, 5)
    for path, one in zip(compressed.integers, chip.projections, strict=True):
        base, _ = unscaled(one.synapse.weights)  # type: ignore[union-attr]
        codes = harmed.get_submodule(path).weight.detach().numpy() / np.reshape(
            compressed.integers[path][1], (-1, *[1] * (len(base.shape) - 1))
        )
        np.testing.assert_array_equal(np.rint(codes), base.values().reshape(codes.shape))


def test_compressed_models_flip_their_integers(compressed: Compressed, digits: Any) -> None:
    predictor = AnnPredictor(compressed, "compressed")
    images = digits.images[:80]
    assert WeightBitFlipsFault().refusal(predictor, 0.1) is None
    assert torch.equal(WeightBitFlipsFault()(predictor, images, 0.0), predictor.predict(images))
    right = [
        float((WeightBitFlipsFault()(predictor, images, p) == digits.labels[:80]).double().mean()) for p in (0.0, 0.3)
    ]
    assert right[1] < right[0]


def test_pruned_weights_of_a_compressed_model_stay_pruned(compressed: Compressed) -> None:
    codes, scale = compressed.integers["5"]
    assert not codes.all()
    masked = replace(compressed, weights={**compressed.weights, "5": integer_weights(codes, scale, 4, codes != 0)})
    stored: Any = masked.weights["5"]
    harmed: Any = flip_compressed(masked, 0.5, 0)
    changed = (harmed.get_submodule("5").weight != compressed.model.get_submodule("5").weight).numpy()
    assert changed.any() and not changed[~stored.base.mask.kept].any()


def test_weights_of_every_synapse_flip() -> None:
    for name in ("Conv1d", "ConvTranspose2d"):
        predictor = SnnPredictor(NETWORKS[name].to_fixed(weight_bits=6), engine="reference")
        images = torch.rand((4, *predictor.network.by_name["in"].shape), generator=torch.Generator().manual_seed(0))
        clean = simulate(predictor.network, images.numpy(), engine="reference").logits
        flipped = with_faults(predictor.network, WeightBitFlips(0.3))
        changed = [
            not np.array_equal(one.synapse.weights.values(), two.synapse.weights.values())
            for one, two in zip(predictor.network.projections, flipped.projections, strict=True)
        ]
        assert all(changed), name
        assert WeightBitFlipsFault().refusal(predictor, 0.3) is None
        assert not np.array_equal(simulate(flipped, images.numpy(), engine="reference").logits, clean)
