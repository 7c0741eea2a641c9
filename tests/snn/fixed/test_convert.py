"""The way to fixed point: what is rounded is rounded by half a unit at most, answers survive, and widths are checked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import IF, Population, simulate
from tests.snn.fixed.networks import network


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
