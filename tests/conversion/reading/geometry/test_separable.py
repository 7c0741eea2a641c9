"""Maps of one matrix for the rows and one for the columns."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spikewright.conversion.reading.geometry import SeparableGeometry
from spikewright.snn import Separable2d

X = torch.arange(2 * 5 * 4).reshape(1, 2, 5, 4).double()
ONE = torch.ones(()).double()


def matrix(columns: int) -> st.SearchStrategy[np.ndarray]:
    return st.integers(1, 5).flatmap(lambda rows: arrays(float, (rows, columns), elements=st.integers(-3, 3)))


def test_windows_of_any_size_are_two_matrices() -> None:
    """Rows 0..1 and 1..4 with factors 1 and 1/2, all columns at once."""
    uneven = SeparableGeometry.of_stretches(((0, 2, 1.0), (1, 5, 0.5)), ((0, 4, 1.0),), (2, 5, 4))
    wanted = torch.stack([X[0, :, :2].sum((1, 2)), X[0, :, 1:5].sum((1, 2)) / 2], 1)
    torch.testing.assert_close(uneven.apply(X, ONE)[0, :, :, 0], wanted)
    assert uneven.output_shape((2, 5, 4)) == (2, 2, 1) and uneven.additions(None, (2, 5, 4), (2, 2, 1)) == 2 * 6 * 4


@given(matrix(5), matrix(4), st.data())
def test_one_behind_the_other_is_one(rows: np.ndarray, columns: np.ndarray, data: st.DataObject) -> None:
    first = SeparableGeometry(rows, columns)
    second = SeparableGeometry(data.draw(matrix(len(rows))), data.draw(matrix(len(columns))))
    torch.testing.assert_close(second.behind(first).apply(X, ONE), second.apply(first.apply(X, ONE), ONE))
    assert bool((first.magnitudes().apply(X, ONE) >= first.apply(X, ONE).abs()).all())


def test_beside_what_changes_nothing_a_matrix_is_kept_once() -> None:
    wide = SeparableGeometry(np.tri(3, 5), np.tri(2, 4))
    for made in (
        wide.behind(SeparableGeometry(np.eye(5), np.eye(4))),
        SeparableGeometry(np.eye(3), np.eye(2)).behind(wide),
    ):
        assert made.rows is wide.rows and made.columns is wide.columns
    swapped = wide.behind(SeparableGeometry(np.eye(5)[::-1], 2 * np.eye(4)))
    np.testing.assert_array_equal(swapped.rows, wide.rows[:, ::-1])
    np.testing.assert_array_equal(swapped.columns, 2 * wide.columns)


def test_zeros_around_a_map_are_rows_and_columns_that_it_leaves_out() -> None:
    whole = SeparableGeometry(np.tri(3, 8), np.tri(2, 5))
    wide = torch.nn.functional.pad(X, (1, 0, 2, 1))
    torch.testing.assert_close(whole.inside((2, 1, 1, 0)).apply(X, ONE), whole.apply(wide, ONE))


def test_copies_signs_and_the_synapse() -> None:
    twice = SeparableGeometry.repeating((2, 1), (2, 5, 4))
    assert twice.copies(None) and not SeparableGeometry(np.ones((1, 5)), np.eye(4)).copies(None)
    assert twice.positive and not SeparableGeometry(-np.eye(5), np.eye(4)).positive
    made = twice.synapse(0.5, (2, 5, 4))
    assert isinstance(made, Separable2d) and made.output_shape((2, 5, 4)) == (2, 10, 4) and made.gain == 0.5


def test_a_sequence_is_a_map_of_one_row() -> None:
    assert SeparableGeometry.repeating((1, 3), (2, 5)).output_shape((2, 5)) == (2, 15)
