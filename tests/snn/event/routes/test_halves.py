"""Weights as sums of bfloat16 numbers: exact, none larger than the weight, and refused where they would not be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn.event.routes.halves import halves_of

LEAST = np.float32(2.0**-126)
WEIGHTS = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=9)


def numbers_of(halves):
    """What the bits say, in float64."""
    return (halves.astype(np.uint32) << 16).view(np.float32).astype(np.float64)


@given(WEIGHTS)
def test_sums_of_parts(weights):
    """Exact, each part within the weight and of its sign; what is no multiple of the least number has none."""
    array = np.array(weights, np.float32)
    halves, multiples = halves_of(array), np.ldexp(array.astype(float), 126)
    assert (halves is None) == bool((multiples != np.rint(multiples)).any())
    if halves is not None:
        parts = numbers_of(halves)
        np.testing.assert_array_equal(parts.sum(axis=0), array)
        assert (np.abs(parts) <= np.abs(array)).all() and (parts * np.sign(array) >= 0).all()
        assert 1 <= len(halves) <= 3 and all(one.any() for one in halves[1:])


@pytest.mark.parametrize(
    ("weight", "parts"),
    [(0.0, 1), (-0.0, 1), (1.0, 1), (255.0, 1), (257.0, 2), (1 + 2**-23, 2), (1.1, 3), (-1.1, 3), (float(LEAST), 1),
     (-float(LEAST) * 2**23, 1), (float(np.finfo(np.float32).max), 3), (-float(np.finfo(np.float32).max), 3),
     (float(LEAST) / 2, 0), (float(LEAST) * (1 + 2**-23), 0), (1e-45, 0), (np.inf, 0), (-np.inf, 0), (np.nan, 0)],
)  # fmt: skip
def test_how_many_parts(weight, parts):
    found = halves_of(np.array([0, weight], np.float32))
    assert (0 if found is None else len(found)) == parts
    if weight == 0:
        assert not found.any()  # not even a sign
