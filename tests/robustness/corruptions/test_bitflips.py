"""Flips of stored bits, in networks and in compressed models."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.compress.compressed import Compressed
from spikewright.compress.expressions import integer_weights
from spikewright.compress.quantisers.integers import to_integers, to_values, weight_scales
from spikewright.robustness import (
    AnnPredictor,
    SnnPredictor,
    WeightBitFlips,
)
from spikewright.robustness.corruptions.bitflips import flip_bits, flip_compressed, flip_network, narrowest
from spikewright.snn import Codebook, Network, Sparse, simulate, stored_values
from spikewright.weights import Leaf, Scaled
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


@given(st.integers(2, 12), st.integers(0, 2**32), st.floats(0, 1))
def test_flips_stay_in_the_word_and_are_their_own_inverse(bits: int, seed: int, probability: float) -> None:
    low, high = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    values = np.random.default_rng(seed).integers(low, high + 1, (5, 7))
    once = flip_bits(values, bits, probability, np.random.default_rng(seed))
    assert once.min() >= low and once.max() <= high
    np.testing.assert_array_equal(flip_bits(once, bits, probability, np.random.default_rng(seed)), values)
    np.testing.assert_array_equal(flip_bits(values, bits, 0.0, np.random.default_rng(seed)), values)
    np.testing.assert_array_equal(flip_bits(values, bits, 1.0, np.random.default_rng(seed)), ~values)


def test_flipped_bits_are_counted_as_a_binomial() -> None:
    """100,000 words of 6 bits at p = 0.01: 6,000 flips, standard deviation 77."""
    values = np.zeros(100_000, dtype=np.int64)
    words = flip_bits(values, 6, 0.01, np.random.default_rng(0)) & 63
    flips = sum(int((words >> place & 1).sum()) for place in range(6))
    assert abs(flips - 6000) < 5 * 77


@pytest.mark.parametrize(
    ("values", "bits"), [([0], 2), ([1], 2), ([-2, 1], 2), ([7], 4), ([-8], 4), ([8], 5), ([-9], 5)]
)
def test_narrowest_word(values: list[int], bits: int) -> None:
    assert narrowest(np.array(values)) == bits


def test_sparse_and_shared_weights_keep_their_storage(fixed: SnnPredictor) -> None:
    """Zeros that are not stored cannot flip; a codebook's indices read its table, and 0 behind its end."""
    last = fixed.network.projections[-1]
    synapse: Any = last.synapse
    dense = stored_values(synapse.weights)
    indices = np.flatnonzero(dense)[::2]
    sparse = Sparse(dense.shape, indices, dense.reshape(-1)[indices])
    table, where = np.unique(dense, return_inverse=True)
    for weights in (sparse, Codebook(where.reshape(dense.shape), table)):
        changed = replace(last, synapse=replace(synapse, weights=weights))
        network = replace(fixed.network, projections=(*fixed.network.projections[:-1], changed))
        harmed: Any = flip_network(network, 0.1, np.random.default_rng(0)).projections[-1].synapse
        assert type(harmed.weights) is type(weights)
        before, after = stored_values(weights), stored_values(harmed.weights)
        assert (before != after).any()
        if isinstance(weights, Sparse):
            assert not after.reshape(-1)[np.setdiff1d(np.arange(after.size), indices)].any()
        whole: Any = flip_network(network, 0.0, np.random.default_rng(0)).projections[-1].synapse
        np.testing.assert_array_equal(stored_values(whole.weights), before)


def test_compressed_models_flip_their_integers(compressed: Compressed, digits: Any) -> None:
    predictor = AnnPredictor(compressed, "compressed")
    images = digits.images[:80]
    assert WeightBitFlips().refusal(predictor, 0.1) is None
    assert torch.equal(WeightBitFlips()(predictor, images, 0.0), predictor.predict(images))
    right = [float((WeightBitFlips()(predictor, images, p) == digits.labels[:80]).double().mean()) for p in (0.0, 0.3)]
    assert right[1] < right[0]


def test_pruned_weights_of_a_compressed_model_stay_pruned(compressed: Compressed) -> None:
    codes, scale = compressed.integers["5"]
    mask = torch.from_numpy(codes != 0)
    assert not mask.all()
    masked = replace(compressed, weights={**compressed.weights, "5": integer_weights(codes, scale, 4, codes != 0)})
    harmed: Any = flip_compressed(masked, 0.5, np.random.default_rng(0))
    changed = harmed.get_submodule("5").weight != compressed.model.get_submodule("5").weight
    assert changed.any() and not changed[~mask].any()


def test_weights_of_every_synapse_flip() -> None:
    for name in ("Conv1d", "ConvTranspose2d"):
        predictor = SnnPredictor(NETWORKS[name].to_fixed(weight_bits=6), engine="reference")
        images = torch.rand((4, *predictor.network.by_name["in"].shape), generator=torch.Generator().manual_seed(0))
        clean = simulate(predictor.network, images.numpy(), engine="reference").logits
        flipped = flip_network(predictor.network, 0.3, np.random.default_rng(0))
        changed = [
            not np.array_equal(one.synapse.weights.values, two.synapse.weights.values)
            for one, two in zip(predictor.network.projections, flipped.projections, strict=True)
        ]
        assert all(changed), name
        assert WeightBitFlips().refusal(predictor, 0.3) is None
        assert not np.array_equal(simulate(flipped, images.numpy(), engine="reference").logits, clean)
