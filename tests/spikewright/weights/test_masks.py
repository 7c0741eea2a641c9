"""Masks: places and the layout that tells them."""

import numpy as np
import pytest

from spikewright import weights as w


def test_values_stand_at_their_places() -> None:
    e = w.Masked(w.Mask((2, 3), np.array([1, 5])), np.array([7.0, -1.0]))
    assert e.values().tolist() == [[0, 7, 0], [0, 0, -1]] and (e.stored, e.size, e.told) == (2, 6, "bitmap")
    assert e.mask.kept.tolist() == [[False, True, False], [False, False, True]]


@pytest.mark.parametrize(
    ("places", "layout", "part"),
    [
        ([5, 1], "bitmap", "ascending"),
        ([1, 1], "bitmap", "ascending"),
        ([6], "bitmap", "below 6"),
        ([-1], "bitmap", "below 6"),
        ([[1]], "bitmap", "flat places"),
        ([0.5], "bitmap", "integers"),
        ([1, 5], "dense", "can tell"),
        ([5], "gap1", "can tell"),
        ([1], "heap", "name of a layout"),
    ],
)
def test_what_no_mask_can_say_is_refused(places: list, layout: str, part: str) -> None:
    with pytest.raises(w.InvalidWeights, match=part):
        w.Mask((2, 3), np.array(places), layout)


def test_as_many_weights_as_places() -> None:
    with pytest.raises(w.InvalidWeights, match="as many weights"):
        w.Masked(w.Mask((2, 3), np.array([1])), np.ones(2))


def test_the_layout_travels_with_other_values_and_shapes() -> None:
    kept = (np.arange(8)[:, None] + np.arange(8)) % 4 == 0
    e = w.Masked(w.Mask.of(kept, 8), np.arange(16, dtype=np.int8) + 1)
    assert e.mask.layout == "1:4 output"
    filled = w.refilled(e, np.ones((8, 8), np.int8))
    assert isinstance(filled, w.Masked) and filled.mask == e.mask and filled.values().sum() == 16
    wider = w.reshaped(e, (8, 8, 1))
    assert isinstance(wider, w.Masked) and wider.mask.layout == "1:4 output"
    flat = w.reshaped(e, (64,))
    assert isinstance(flat, w.Masked) and np.array_equal(flat.values(), e.values().ravel())


def test_real_weights_take_factors_of_inputs_and_keep_their_mask() -> None:
    e = w.sparse((2, 2), [0, 3], np.array([1.0, 2.0], np.float32))
    made = w.scaled(e, [1.0, 10.0], [2.0, 3.0])
    assert made is not None and made.values().tolist() == [[2.0, 0.0], [0.0, 60.0]] and made.stored == 2


def test_a_pruned_codebook_stays_one() -> None:
    inner = w.codebook(np.array([0, 1, 1]), np.array([0.5, 2.0], np.float32))
    e = w.Masked(w.Mask((2, 2), np.array([0, 1, 3])), inner)
    once, rows = w.scaled(e, 2.0), w.scaled(e, [2.0, 4.0])
    assert once is not None and rows is not None
    assert once.told == e.told == rows.told == "bitmap of a codebook of 2"
    assert rows.values().tolist() == [[1.0, 4.0], [0.0, 8.0]]
