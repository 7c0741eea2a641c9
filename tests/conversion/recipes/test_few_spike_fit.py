"""Thresholds and amplitudes that are fitted are better than binary ones."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.conversion.recipes.few_spike_fit import binary, fitted


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**20), st.integers(1, 5))
def test_fitted_spikes_are_better_than_binary_ones(seed: int, steps: int) -> None:
    values = np.random.default_rng(seed).normal(size=2000)
    start = binary(float(values.max()), steps)

    def loss(factors) -> float:
        return float(np.mean((factors(values) - np.maximum(values, 0)) ** 2))

    assert loss(fitted(lambda x: np.maximum(x, 0.0), values, start, 0)) < loss(start)


def test_fits_are_seeded_and_any_function_will_do() -> None:
    values = np.random.default_rng(0).normal(size=4000) * 2
    start = binary(float(values.max()), 6)

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    one, two = (fitted(sigmoid, values, start, 5) for _ in range(2))
    assert one == two
    error = np.sqrt(np.mean((one(values) - sigmoid(values)) ** 2))
    assert error < 0.5 * np.std(sigmoid(values))
