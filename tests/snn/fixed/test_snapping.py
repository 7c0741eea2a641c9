"""The grid of a quantised CNN: division by a threshold is exact, scales become whole multiples of a unit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from spikewright import InvalidNetwork
from spikewright.snn import (
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
)
from spikewright.snn.fixed.snapping import FINE, MOST, common_unit, exact_division
from spikewright.weights import stored_values

HALVES = st.integers(1, 2**20)


@given(st.lists(HALVES, min_size=1, max_size=4), st.integers(1, 255), st.data())
def test_division_is_exact(halves: list[int], levels: int, data: st.DataObject) -> None:
    theta = 2 * np.array(halves)
    multipliers, shift = exact_division(theta, levels)
    for t, m in zip(theta.tolist(), multipliers.tolist(), strict=True):
        k = data.draw(st.integers(-2, levels + 2))
        near = t * k - t // 2 + data.draw(st.integers(-2, 2))
        anywhere = data.draw(st.integers(-(2**40), 2**40))
        for V in (near, anywhere):
            wanted = min(max((2 * V + t) // (2 * t), 0), levels)
            assert min(max((2 * V * m + (1 << shift)) >> (shift + 1), 0), levels) == wanted


@given(HALVES, st.integers(1, 255))
def test_no_smaller_shift_would_do(half: int, levels: int) -> None:
    """At a smaller shift no multiplier reaches every level at its charge."""
    theta = 2 * half
    _, shift = exact_division(np.array([theta]), levels)
    assert 2**shift < 2 * theta**2 * levels
    if shift:
        low, high = [(2 ** (shift - 1) // theta) + place for place in (0, 1)]
        for m in (max(low, 1), high):
            begins = [-(-((2 * k - 1) << (shift - 1)) // (2 * m)) for k in (1, levels)]
            assert begins != [theta // 2, theta * (2 * levels - 1) // 2]


def test_thresholds_beyond_62_bits_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="62 bits"):
        exact_division(np.array([2**40 + 2]), 15)


@given(arrays.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 4)), elements=st.floats(1e-3, 1e3)))
def test_units_divide_what_they_are_for(values: np.ndarray) -> None:
    unit, error = common_unit(values)
    ratio = values / unit
    assert np.all(ratio >= 1 - 1e-9)
    np.testing.assert_allclose(np.abs(np.floor(ratio + 0.5) / ratio - 1).max(axis=0), error, atol=1e-9)
    fewest = np.floor(ratio.min(axis=0) + 0.5)
    assert np.all((error <= FINE) | (fewest >= 1))
    assert np.all(fewest <= MOST)
    if len(values) <= 2:  # two numbers always find a common unit
        assert np.all(error <= FINE)


def test_equal_and_commensurable_scales_are_kept() -> None:
    values = np.array([[0.3, 0.2, 0.0, 0.0], [0.3, 0.5, 0.7, 0.0]])
    unit, error = common_unit(values)
    np.testing.assert_allclose(unit, [0.3, 0.1, 0.7, 0.0])
    assert error.max() < 1e-9


def residual(seed: int) -> Network:
    """Two branches of different scale and a shortcut into one population of levels; an answer of two terms."""
    rng = np.random.default_rng(seed)

    def conv(out: int, inputs: int) -> Conv2d:
        codes = rng.integers(-7, 8, (out, inputs, 3, 3)).astype(np.int8)
        return Conv2d(dense(codes, rng.uniform(0.01, 0.2, out)), padding=(1, 1))

    def linear(inputs: int) -> Linear:
        return Linear(dense(rng.integers(-7, 8, (3, inputs)).astype(np.int8), np.full(3, rng.uniform(0.01, 0.1))))

    def levels(name: str) -> Population:
        return Population(name, (4, 4, 4), QuantReLU(rng.uniform(0.8, 4.0), 0, 7), rng.normal(size=4) / 4)

    return Network(
        (
            Population("in", (2, 4, 4), Source()),
            *(levels(name) for name in "ab"),
            Population("out", (3,), Integrator(), rng.normal(size=3)),
        ),
        (
            Projection("in", "a", conv(4, 2)),
            Projection("a", "b", conv(4, 4)),
            Projection("in", "b", conv(4, 2)),
            Projection("a", "b", Identity(rng.uniform(0.1, 0.9)), name="skip"),
            Projection("b", "out", linear(64)),
            Projection("a", "out", linear(64)),
        ),
        "in",
        "out",
        Direct(1),
    )


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_scales_take_the_rounding_not_the_weights(seed: int) -> None:
    start = residual(seed)
    fixed = start.to_fixed()
    for before, after in zip(start.projections, fixed.projections, strict=True):
        if before.synapse.weights is not None:
            codes, found = (stored_values(p.synapse.weights).astype(np.int64) for p in (before, after))
            codes, found = codes.reshape(len(codes), -1), found.reshape(len(found), -1)
            factor = np.abs(found).max(axis=1) // np.abs(codes).max(axis=1)
            np.testing.assert_array_equal(found, factor[:, None] * codes)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_the_integer_network_is_near_the_real_one(seed: int) -> None:
    """Scales, thresholds and biases are off by half a percent at most, so levels differ seldom, and by one."""
    start = residual(seed)
    images = np.random.default_rng(seed).integers(0, 256, (8, 2, 4, 4)).astype(np.float32) / 255
    real, whole = (simulate(n, images, record=("rasters",)).rasters["a"] for n in (start, start.to_fixed()))
    assert np.abs(real - whole).max() <= 1
    assert (real != whole).mean() < 0.03


def test_a_channel_without_weights_keeps_its_bias() -> None:
    start = residual(3)
    dead = stored_values(start.projections[0].synapse.weights).copy()
    dead[1] = 0
    weights = dense(dead, start.projections[0].synapse.weights.scale.array)
    cut = replace(start.projections[0], synapse=replace(start.projections[0].synapse, weights=weights))
    network = replace(start, projections=(cut, *start.projections[1:]))
    bias = np.array([0.1, 1.3, -0.2, 0.0])
    network = replace(
        network, populations=tuple(replace(p, bias=bias) if p.name == "a" else p for p in network.populations)
    )
    images = np.random.default_rng(0).random((2, 2, 4, 4)).astype(np.float32)
    real, whole = (simulate(n, images, record=("rasters",)).rasters["a"][0] for n in (network, network.to_fixed()))
    assert real[:, 1].min() == real[:, 1].max() > 0
    np.testing.assert_array_equal(real[:, 1], whole[:, 1])
