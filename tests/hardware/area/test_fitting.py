import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.area.fitting import nonnegative, relative_error, relative_fit


@given(st.integers(0, 10**6))
def test_no_coefficient_is_below_zero_and_none_would_be_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    matrix, wanted = random.random((12, 4)), random.random(12) - 0.3
    found = nonnegative(matrix, wanted)
    gradient = matrix.T @ (matrix @ found - wanted)
    assert (found >= 0).all() and (gradient > -1e-6).all() and abs(gradient @ found) < 1e-6


def test_a_law_without_noise_is_found_and_unused_features_cost_nothing() -> None:
    features = np.array([[1.0, n, 0.0] for n in (3, 5, 9, 40)])
    sizes = features @ np.array([7.0, 2.0, 0.0])
    found = relative_fit(features, sizes)
    assert np.allclose(found, [7, 2, 0]) and relative_error(features @ found, sizes) < 1e-9
    assert relative_error(np.array([]), np.array([])) == 0
