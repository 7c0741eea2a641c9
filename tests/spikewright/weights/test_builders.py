"""The usual ways to store a tensor, each in one call."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import weights as w

VALUES = np.array([[0, 2], [-1, 0], [2, 2]], np.int8)


def test_ways_to_store_the_same_weights() -> None:
    table, index = np.unique(VALUES, return_inverse=True)
    places = np.flatnonzero(VALUES)
    for e in (
        w.dense(VALUES),
        w.sparse((3, 2), places, VALUES.reshape(-1)[places]),
        w.codebook(index.reshape(3, 2), table),
        w.compact(VALUES),
    ):
        assert np.array_equal(e.values(), VALUES) and np.array_equal(w.stored_values(e), VALUES)


@given(st.floats(0, 1), st.integers(0, 99))
def test_zeros_are_left_out_where_that_takes_fewer_bits(share: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(1, 8, (16, 6)) * (random.random((16, 6)) < share)
    e = w.compact(values, alphabet=16)
    assert np.array_equal(e.values(), values) and w.bits(e) <= w.bits(w.Leaf(values, 16))
    assert (e.told == "dense") == (w.bits(e) == 16 * 6 * 4)


def test_survivors_of_a_large_tensor_are_had_without_unfolding() -> None:
    places = np.array([5, 2**33, 2**35])
    e = w.sparse((2**18, 2**18), places, np.array([1, 2, 3], np.int8), np.full(2**18, 0.5))
    found, values = w.survivors(e)
    assert np.array_equal(found, places) and values.tolist() == [0.5, 1.0, 1.5]


def test_a_scale_comes_off_and_is_one_for_each_output() -> None:
    base, scale = w.unscaled(w.Scaled(VALUES, 0.5))
    assert np.array_equal(base.values(), VALUES) and scale is not None and scale.tolist() == [0.5] * 3
    assert w.unscaled(base) == (base, None)


@pytest.mark.parametrize(
    ("build", "part"),
    [
        (lambda: w.sparse((2, 2), [0.5], np.ones(1)), "integers"),
        (lambda: w.sparse((2, 2), [0, 1], np.ones(1)), "as many indices"),
        (lambda: w.sparse((2, 2), [2, 1], np.ones(2)), "ascending"),
        (lambda: w.codebook([[0]], np.ones((3, 1))), "codebook"),
        (lambda: w.codebook([[0.5]], np.ones(3)), "integers"),
        (lambda: w.codebook([[3]], np.ones(3)), "below 3"),
        (lambda: w.dense("weights"), "weights"),
        (lambda: w.dense(np.ones((2, 2)), [1.0]), "scales"),
    ],
)
def test_what_does_not_fit_is_refused(build, part: str) -> None:
    with pytest.raises(w.InvalidWeights, match=part):
        build()
