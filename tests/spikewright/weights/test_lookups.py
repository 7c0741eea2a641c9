"""Shared weights."""

import numpy as np
import pytest

from spikewright import weights as w


def test_single_weights_and_runs_are_looked_up() -> None:
    assert w.codebook([[1, 0]], [0.5, 2.0]).values().tolist() == [[2.0, 0.5]]
    runs = w.Lookup(np.array([[1, 2], [3, 4]]), w.codebook([[1], [0]], [0, 0]).index)  # type: ignore[attr-defined]
    assert runs.shape == (2, 1, 2) and w.reshaped(runs, (2, 2)).values().tolist() == [[3, 4], [1, 2]]


def test_an_index_takes_the_bits_that_number_the_entries() -> None:
    for entries, width in ((1, 0), (2, 1), (5, 3), (16, 4), (17, 5)):
        e = w.codebook(np.zeros((3, 4), int), np.arange(entries))
        assert w.bits(e, "indices") == 12 * width


def test_one_new_value_for_each_entry_keeps_the_index() -> None:
    e = w.codebook([[0, 1], [1, 2]], np.array([1.0, 2.0, 3.0], np.float32))
    made = w.refilled(e, np.array([[5, 6], [6, 7]], np.int8))
    assert isinstance(made, w.Lookup) and isinstance(e, w.Lookup) and made.index == e.index
    other = w.refilled(e, np.array([[5, 6], [9, 7]], np.int8))
    assert other.told == "codebook of 4" and other.values().tolist() == [[5, 6], [9, 7]]


def test_one_factor_goes_into_the_table_and_several_become_a_scale() -> None:
    e = w.codebook([[0, 1], [1, 0]], np.array([1.0, 2.0], np.float32))
    one, several = w.scaled(e, 2.0), w.scaled(e, [2.0, 3.0])
    assert isinstance(one, w.Lookup) and isinstance(several, w.Scaled)
    assert several.values().tolist() == [[2.0, 4.0], [6.0, 3.0]]
    assert w.scaled(e, 1.0, [1.0, 2.0]) is None


@pytest.mark.parametrize(
    ("table", "index", "part"),
    [
        (np.ones(3), [[3]], "below 3"),
        (np.ones(3), [[-1]], "below 3"),
        (np.ones(3), [[0.5]], "integers"),
        (np.float64(3.0), [[0]], "table"),
    ],
)
def test_what_no_table_has_is_refused(table: np.ndarray, index: list, part: str) -> None:
    with pytest.raises(w.InvalidWeights, match=part):
        w.Lookup(table, np.array(index))
