"""Shortcuts: which projections take them, and that nobody can tell."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import IF, LIF, Identity, Network, RateCode, simulate
from spikewright.snn.event.populations import compiled_populations
from spikewright.snn.event.routes.shortcuts import ShortcutRoute
from tests.snn.event.stacks import CHANNELS, assert_nobody_can_tell, images, masked_of, stack
from tests.snn.test_contract import assert_same


def residual(seed, channels, gain, neuron=None, steps=9, **link):
    """i -> a -> b -> o, and a -> b once more, neuron by neuron."""
    found = stack(seed, channels, neuron or IF(40), RateCode(steps), "ia ab bo", ())
    a, b = found.projections[1:]
    shortcut = replace(a, synapse=Identity(gain), name="around", **link)
    return replace(found, projections=(*found.projections[:2], shortcut, b))


def routes_into(network: Network, name):
    population = next(p for p in compiled_populations(network, ()) if p.name == name)
    return [type(one.route) for one in population.incoming]


def gains(channels, seed):
    return np.random.default_rng(seed).integers(-3, 5, channels)


@pytest.mark.parametrize("neuron", [IF(40), LIF(40, 0.25, "zero")])
@settings(max_examples=10)
@given(seed=st.integers(0, 2**20), channels=st.sampled_from(CHANNELS), steps=st.sampled_from([4, 7, 33]))
def test_a_residual_sum(neuron, seed, channels, steps):
    network = residual(seed, channels, gains(channels, seed), neuron, steps)
    assert ShortcutRoute in routes_into(network, "b")
    assert "a" in masked_of(network)
    assert_nobody_can_tell(network)
    fast, slow = (simulate(network, images(network), engine=e, record=("rasters",)) for e in ("event", "reference"))
    assert_same(fast, slow, records=False)


def test_a_shortcut_alone():
    found = residual(3, 17, 5)
    network = replace(found, projections=(found.projections[0], *found.projections[2:]))
    assert routes_into(network, "b") == [ShortcutRoute]
    assert_nobody_can_tell(network)


def test_delayed_pooled_or_partial_ones_go_another_way():
    assert ShortcutRoute in routes_into(residual(0, 16, 2, delay=2), "b")
    assert_nobody_can_tell(residual(0, 16, 2, delay=2))
    layerwise = replace(residual(0, 16, 2), schedule="layerwise")
    assert ShortcutRoute not in routes_into(layerwise, "b")
    assert_nobody_can_tell(layerwise)
    plain = stack(0, 16, IF(40))
    assert ShortcutRoute not in routes_into(plain, "b")


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**20),
    channels=st.sampled_from(CHANNELS),
    steps=st.sampled_from([4, 9, 33]),
    order=st.permutations([1, 2, 3]),
    shift=st.sampled_from([0, 3]),
    signed=st.booleans(),
)
def test_beside_dot_products(seed, channels, steps, order, shift, signed):
    """What enters b by dot products, by a shortcut and by another map, in any order, when b fires in its tiles."""
    found = stack(seed, channels, IF(300), RateCode(steps), "ia ab bc co", ())
    first, a, b, last = found.projections
    around = replace(a, synapse=Identity(gains(channels, seed) * (40 if signed else 1)), name="around")
    wide = replace(a, synapse=stack(seed + 1, channels, edges="ia ab bo").projections[1].synapse, name="wide", shift=1)
    into = {1: replace(a, shift=shift), 2: around, 3: wide}
    for chosen in (order, order[:2]):
        network = replace(found, projections=(first, *(into[number] for number in chosen), b, last))
        assert "b" in masked_of(network)
        assert_nobody_can_tell(network)
