"""The way to fixed point: integers are kept, what is rounded is rounded by half a unit at most, and said."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import (
    IF,
    Conv2d,
    Direct,
    Identity,
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
from spikewright.weights import Expression, Masked, stored_values
from tests.snn.small import chain


def network(seed: int, *, weights: str = "integers", steps: int = 6) -> Network:
    """Convolution, residual sum, dense layer; `weights` "integers" with scales, or "floats"."""
    rng = np.random.default_rng(seed)

    def storage(*shape: int, one_scale: bool = False) -> Expression:
        fan_in = float(np.sqrt(np.prod(shape[1:])))
        if weights == "floats":
            return dense((rng.normal(size=shape) / fan_in).astype(np.float32))
        scale = np.full(shape[0], 0.1) if one_scale else rng.uniform(0.05, 0.2, shape[0])
        return dense(rng.integers(-7, 8, shape).astype(np.int8), (scale / fan_in).astype(np.float32))

    return Network(
        (
            Population("input", (1, 6, 6), Source()),
            Population("a", (3, 6, 6), IF(rng.uniform(0.3, 1, 3)), bias=rng.normal(size=3) / 20, initial=0.2),
            Population("b", (3, 6, 6), IF(rng.uniform(0.3, 1, 3)), bias=rng.normal(size=(3, 6, 6)) / 20),
            Population("out", (4,), Integrator(), bias=rng.normal(size=4) / 20),
        ),
        (
            Projection("input", "a", Conv2d(storage(3, 1, 3, 3), padding=(1, 1))),
            Projection("a", "b", Conv2d(storage(3, 3, 3, 3), padding=(1, 1))),
            Projection("a", "b", Identity(np.array([0.5, 0.4, 0.3])), name="skip"),
            Projection("b", "out", Linear(storage(4, 27, one_scale=True)), pool=(2, 2)),
        ),
        "input",
        "out",
        Direct(steps),
        logit_scale=1 / steps,
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


@given(st.integers(0, 10_000), st.sampled_from([8, 12]))
@settings(max_examples=15, deadline=None)
def test_logits_differ_by_rounding_only(seed: int, bits: int) -> None:
    """With fine weights and inputs on the grid the potentials of step one differ by less than one percent of a threshold."""
    start = network(seed, weights="floats", steps=1)
    images = np.random.default_rng(seed).integers(0, 256, (4, 1, 6, 6)).astype(np.float32) / 255
    fixed = start.to_fixed(weight_bits=bits, potential_bits=24)
    unlimited = replace(start, populations=tuple(_silent(p) for p in start.populations))
    silent = replace(fixed, populations=tuple(_silent(p) for p in fixed.populations))
    real = simulate(unlimited, images, record=("potentials",)).potentials["a"][0]
    whole = simulate(silent, images, record=("potentials",)).potentials["a"][0]
    unit = start.by_name["a"].neuron.threshold / fixed.by_name["a"].neuron.threshold
    assert np.abs(whole * unit.reshape(-1, 1, 1) - real).max() < 4.0 / 2**bits + 1e-5


def _silent(population: Population) -> Population:
    """The same population with a threshold that the test never reaches."""
    if not isinstance(population.neuron, IF):
        return population
    top = 2 ** (population.potential_bits - 1) - 1 if population.potential_bits else 1e6
    return replace(population, neuron=IF(top))


def test_event_equals_reference_after_conversion() -> None:
    fixed = network(3, weights="floats").to_fixed()
    images = np.random.default_rng(0).random((5, 1, 6, 6)).astype(np.float32)
    event, reference = simulate(fixed, images), simulate(fixed, images, engine="reference")
    assert np.array_equal(event.logits_over_time, reference.logits_over_time)


def test_predictions_survive() -> None:
    start = network(5, weights="floats", steps=16)
    images = np.random.default_rng(1).random((200, 1, 6, 6)).astype(np.float32)
    before, after = simulate(start, images), simulate(start.to_fixed(), images)
    assert (before.predictions == after.predictions).mean() > 0.95
    scaled = after.logits * start.to_fixed().logit_scale
    assert np.abs(scaled - before.logits * start.logit_scale).mean() < 0.05


def test_sparse_stays_sparse() -> None:
    rng = np.random.default_rng(0)
    storage = sparse((4, 36), np.array([0, 5, 40, 100]), rng.normal(size=4).astype(np.float32))
    start = _one_layer(Linear(storage))
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


def test_integrators_never_saturate() -> None:
    fixed = network(7, steps=50).to_fixed(potential_bits=8)
    images = np.ones((2, 1, 6, 6), np.float32)
    bits = fixed.by_name["out"].potential_bits
    assert bits is not None
    assert np.abs(simulate(fixed, images).logits_over_time).max() < 2 ** (bits - 1) - 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weight_bits": 1}, "weight_bits"),
        ({"potential_bits": 40}, "potential_bits"),
        ({"input_levels": 0}, "input_levels"),
        ({"time_levels": 0}, "time_levels"),
    ],
)
def test_widths_are_checked(change: dict[str, int], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        network(0).to_fixed(**change)


def test_what_cannot_become_fixed_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="already"):
        network(0).to_fixed().to_fixed()


def _one_layer(synapse: Linear) -> Network:
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
