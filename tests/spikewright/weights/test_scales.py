"""Scales, zero points and signs."""

import numpy as np
import pytest

from spikewright import weights as w


def test_values_by_hand() -> None:
    base = np.array([[2, -3], [1, 0]], np.int8)
    assert w.Scaled(base, [0.5, 2.0]).values().tolist() == [[1.0, -1.5], [2.0, 0.0]]
    assert w.Scaled(base, 0.5).values().tolist() == [[1.0, -1.5], [0.5, 0.0]]
    assert w.Offset(base, np.array([1, -1])).values().tolist() == [[1, -4], [2, 1]]
    assert w.Signed(np.array([[0, 1], [1, 0]]), base).values().tolist() == [[2, 3], [-1, 0]]


def test_a_product_is_rounded_once() -> None:
    """float64 weights times a float64 scale are rounded to float32 at the end, not before."""
    values, scale = np.array([[1 / 3]]), np.array([3.0000001])
    assert w.Scaled(values, scale).values()[0, 0] == np.float32(1 / 3 * 3.0000001)


def test_scales_stay_positive_and_signs_go_into_the_integers() -> None:
    e = w.Scaled(np.array([[-128], [5], [7]], np.int8), [1.0, 2.0, 4.0])
    made = w.scaled(e, np.array([-1.0, 0.0, 3.0]))
    assert isinstance(made, w.Scaled)
    assert made.base.values().tolist() == [[128], [0], [7]]
    assert made.scale.values().tolist() == [1.0, 2.0, 12.0]  # a channel that is switched off keeps its scale
    assert made.values().tolist() == [[128.0], [0.0], [84.0]]


def test_integers_whose_inputs_differ_are_refused_and_real_numbers_are_not() -> None:
    whole = w.Scaled(np.array([[1, 2]], np.int8), [0.5])
    assert w.scaled(whole, 1.0, [1.0, 2.0]) is None
    real = w.Scaled(np.array([[1.0, 2.0]], np.float32), [0.5])
    made = w.scaled(real, 2.0, [1.0, 2.0])
    assert made is not None and made.values().tolist() == [[1.0, 4.0]]


@pytest.mark.parametrize("scale", [[1.0], [1.0, np.nan], [np.inf, 1.0], [[1.0], [2.0]]])
def test_scales_that_do_not_fit_are_refused(scale: list) -> None:
    for node in (w.Scaled, w.Offset):
        with pytest.raises(w.InvalidWeights, match="expected finite"):
            node(np.ones((2, 3), np.int8), scale)


def test_signs_are_zeros_and_ones() -> None:
    with pytest.raises(w.InvalidWeights, match="sign 0 or 1"):
        w.Signed(np.array([[2]]), np.ones((1, 1)))


def test_a_zero_point_around_a_mask_stores_all_of_it_when_it_is_filled() -> None:
    e = w.Offset(w.sparse((1, 3), [1], np.array([4], np.int8)), np.int8(1))
    assert e.values().tolist() == [[-1, 3, -1]]
    assert w.refilled(e, np.array([[2, 2, 2]], np.int8)) == w.Leaf(np.array([[2, 2, 2]], np.int8))
