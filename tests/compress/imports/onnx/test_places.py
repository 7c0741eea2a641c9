"""Addresses of constant places: what numpy reads there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.places import of_one_image, places_along, places_at

SHAPE = (2, 3, 4)
X = np.arange(24).reshape(SHAPE) * 7


@given(axis=st.integers(0, 2), seed=st.integers(0, 99))
def test_places_along_an_axis(axis: int, seed: int) -> None:
    indices = np.random.default_rng(seed).integers(-SHAPE[axis], SHAPE[axis], SHAPE)
    read = X.reshape(-1)[places_along(SHAPE, indices, axis)]
    assert np.array_equal(read, np.take_along_axis(X, indices % SHAPE[axis], axis))


@given(depth=st.integers(1, 3), seed=st.integers(0, 99))
def test_places_of_several_axes(depth: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    indices = np.stack([rng.integers(-size, size, (3, 2)) for size in SHAPE[:depth]], axis=-1)
    read = X.reshape(-1)[places_at(SHAPE, indices)]
    assert np.array_equal(read, X[tuple(np.moveaxis(indices, -1, 0))])


def test_places_with_a_shared_axis() -> None:
    indices = np.array([[[2], [0]], [[1], [1]]])
    read = X.reshape(-1)[places_at(SHAPE, indices, 1)]
    assert np.array_equal(read, np.stack([X[0, [2, 0]], X[1, [1, 1]]]))


@pytest.mark.parametrize("indices", [np.full((2, 3, 1), 4), np.full((2, 3, 1), -5), np.zeros((3, 3, 1), int)])
def test_places_outside(indices: np.ndarray) -> None:
    with pytest.raises(Damaged):
        places_along(SHAPE, indices, 2)


def test_each_image_reads_from_itself() -> None:
    assert of_one_image(np.array([[1, 0], [13, 12]]), 2, 12).tolist() == [1, 0]
    for places in ([[1, 0], [12, 13]], [[1, 0], [1, 0]], [[1, 12], [13, 24]], [[1, 0]]):
        with pytest.raises(Unsupported, match="a selection of images"):
            of_one_image(np.array(places), 2, 12)
