"""Each population and projection in integers: what is kept, what is rounded, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    Source,
    dense,
    simulate,
    sparse,
)
from spikewright.weights import Masked, stored_values
from tests.snn.fixed.networks import network
from tests.snn.small import chain


def one_layer(synapse: Linear) -> Network:
    return Network(
        (
            Population("input", (36,), Source()),
            Population("a", (4,), IF(1.0)),
            Population("out", (2,), Integrator()),
        ),
        (Projection("input", "a", synapse), Projection("a", "out", Linear(dense(np.ones((2, 4), np.float32))))),
        "input",
        "out",
        Direct(4),
    )


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_integer_weights_are_kept(seed: int) -> None:
    start = network(seed)
    fixed = start.to_fixed()
    for before, after in zip(start.projections, fixed.projections, strict=True):
        if before.synapse.weights is not None:
            assert np.array_equal(stored_values(before.synapse.weights), stored_values(after.synapse.weights))
    assert not any(row.detail.startswith("weights to") for row in fixed.report)


def test_sparse_stays_sparse() -> None:
    rng = np.random.default_rng(0)
    storage = sparse((4, 36), np.array([0, 5, 40, 100]), rng.normal(size=4).astype(np.float32))
    start = one_layer(Linear(storage))
    after = start.to_fixed().projections[0].synapse.weights
    assert isinstance(after, Masked) and isinstance(storage, Masked)
    assert after.mask == storage.mask


def test_quantised_network_keeps_its_levels() -> None:
    """y = floor(V m + 1/2): with integer weights only the multiplier is rounded, by less than 2**-20."""
    rng = np.random.default_rng(0)
    weights = dense(rng.integers(-7, 8, (6, 36)).astype(np.int8), np.full(6, 0.01, np.float32))
    start = Network(
        (
            Population("input", (36,), Source()),
            Population("a", (6,), QuantReLU(7 / 0.5, 0, 7)),
            Population("out", (3,), Integrator()),
        ),
        (
            Projection("input", "a", Linear(weights)),
            Projection("a", "out", Linear(dense(rng.integers(-7, 8, (3, 6)).astype(np.int8)))),
        ),
        "input",
        "out",
        Direct(1, levels=15),
    )
    images = rng.random((300, 36)).astype(np.float32)
    before, after = (
        simulate(start, images, record=("rasters",)),
        simulate(start.to_fixed(), images, record=("rasters",)),
    )
    assert (before.rasters["a"] == after.rasters["a"]).mean() > 0.999
    assert np.array_equal(
        after.rasters["a"], simulate(start.to_fixed(), images, engine="reference", record=("rasters",)).rasters["a"]
    )


@pytest.mark.parametrize("asked", [None, 16])
@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_the_finest_weights_and_inputs_fit_beside_their_thresholds(schedule, asked):
    rng = np.random.default_rng(0)
    weights = rng.uniform(-0.3, 0.5, (4, 6)).astype(np.float32)
    network = chain(Population("a", (4,), IF(0.7)), Direct(8), size=6, schedule=schedule)
    first = replace(network.projections[0], synapse=Linear(dense(weights)))
    network = replace(network, projections=(first, network.projections[1]))
    images = rng.uniform(0, 1, (20, 6)).astype(np.float32)
    fine = network.to_fixed(weight_bits=16, input_levels=65535, potential_bits=asked)
    ours, theirs = (simulate(one, images, engine="reference").spikes["a"] for one in (fine, network))
    assert np.abs(ours - theirs).max() <= 1 and theirs.sum() > 100
    assert not any("faint" in row.detail for row in fine.report)


def test_weights_whose_rounding_would_be_thresholds_are_refused():
    weights = np.full((1, 1000), 0.0095, np.float32)  # 0.4 units: all would be zeros
    network = chain(Population("a", (1,), IF(2.0)), Direct(100_000), size=1000, schedule="layerwise")
    first = replace(network.projections[0], synapse=Linear(dense(weights)))
    network = replace(network, projections=(first, network.projections[1]))
    with pytest.raises(InvalidNetwork, match=r"thresholds a step; try .* no potential_bits"):
        network.to_fixed(potential_bits=16)
