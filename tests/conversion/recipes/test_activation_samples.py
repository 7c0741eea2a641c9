"""Windows on a grid, from activations of the samples."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.conversion.recipes.activation_samples import least_squares_window


@settings(max_examples=30)
@given(st.integers(0, 2**20), st.sampled_from([3, 15, 255]))
def test_least_squares_windows_are_no_worse_than_the_largest_value(seed: int, levels: int) -> None:
    values = np.random.default_rng(seed).exponential(size=500)

    def loss(window: float) -> float:
        step = window / levels
        return float(np.mean((step * np.clip(np.floor(values / step + 0.5), 0, levels) - values) ** 2))

    top = float(values.max())
    assert loss(least_squares_window(values, levels, top)) <= loss(top) * (1 + 1e-9)
