"""The one door for images and labels: what is taken alike, and what is refused with a way out."""

from typing import Any

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.inputs import as_data, as_images, as_labels, check_range, check_settings, is_real, is_whole

ONES = [[0.0, 1.0], [1.0, 0.5]]


@pytest.mark.parametrize(
    "given",
    [
        ONES,
        np.array(ONES),
        np.array(ONES, np.float16),
        torch.tensor(ONES, requires_grad=True),
        torch.tensor(ONES, dtype=torch.bfloat16),
        [torch.tensor(row) for row in ONES],
        torch.tensor(ONES).to_sparse(),
    ],
    ids=lambda given: type(given).__name__,
)
def test_images_of_any_kind_are_the_same_array(given: Any) -> None:
    found = as_images(given)
    assert found.dtype == np.float32 and found.flags.c_contiguous and np.array_equal(found, ONES)


@pytest.mark.parametrize(
    ("given", "way"),
    [
        ([0.0, 1.0], "images[None]"),
        (np.zeros((0, 2)), "a batch with images in it"),
        ([[0, 255]], "images / 255"),
        ([[0.0, np.nan], [1, 1]], "the first is number 0"),
        ([["a"]], "real numbers"),
        (np.ma.masked_equal([[0.0, 1.0]], 1.0), "filled"),
        ([[0.0], [0.0, 1.0]], "as an array or a tensor"),
    ],
)
def test_what_are_no_images_is_refused_with_a_way_out(given: Any, way: str) -> None:
    with pytest.raises(InvalidInput) as error:
        as_images(given)
    assert way in str(error.value)


@pytest.mark.parametrize("given", [[0, 2], np.array([0, 2], np.uint8), torch.tensor([0, 2])])
def test_labels_are_integers_of_64_bits(given: Any) -> None:
    found = as_labels(given, 2, classes=3)
    assert found.dtype == np.int64 and found.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("given", "way"),
    [
        ([0.0, 1.0], "astype('int64')"),
        ([True, False], "astype('int64')"),
        ([[0, 1], [1, 0]], "argmax(1)"),
        ([[0], [1]], "reshape(-1)"),
        ([0], "one label for each image"),
        ([0, 3], "from 0 to 2, got 0 to 3"),
        ([-1, 0], "got -1 to 0"),
    ],
)
def test_other_labels_are_refused_with_a_way_out(given: Any, way: str) -> None:
    with pytest.raises(InvalidInput) as error:
        as_labels(given, 2, classes=3)
    assert way in str(error.value)


def test_data_is_a_pair() -> None:
    images, labels = as_data((ONES, [0, 1]))
    assert len(images) == len(labels) == 2
    with pytest.raises(InvalidInput, match="zip"):
        as_data(iter([ONES]))


def test_nothing_that_was_given_is_changed() -> None:
    given = torch.tensor(ONES, requires_grad=True)
    as_images(given)
    assert given.requires_grad and given.tolist() == ONES
    labels = np.array([0, 1], np.uint8)
    as_labels(labels, 2)[0] = 1
    assert labels.tolist() == [0, 1]


def test_pixels_are_told_from_other_values_out_of_range() -> None:
    check_range(np.array([[0, 1]], np.float32), (0.0, 1.0))
    with pytest.raises(InvalidInput, match="images / 255"):
        check_range(np.array([[0, 255]], np.float32), (0.0, 1.0))
    with pytest.raises(InvalidInput, match="standardisation"):
        check_range(np.array([[-2, 2]], np.float32), (0.0, 1.0))
    with pytest.raises(InvalidInput):
        check_range(np.array([[0, 1 + 1e-6]], np.float32), (0.0, 1.0))


def test_a_computed_range_holds_for_images_that_were_computed_in_another_precision() -> None:
    bounds = ((0 - 0.1307) / 0.3081, (1 - 0.1307) / 0.3081)
    images = (np.array([[0, 1]], np.float32) - np.float32(0.1307)) / np.float32(0.3081)
    check_range(images, bounds)
    with pytest.raises(InvalidInput, match="input_range"):
        check_range(images + np.float32(1e-4), bounds)


def test_numbers_and_settings() -> None:
    assert is_whole(np.int8(3), 3) and not is_whole(True, 0) and not is_whole(2, 3) and not is_whole(3.0, 0)
    assert is_real(np.float16(1)) and is_real(1) and not is_real(False) and not is_real("1")
    check_settings(3, int)
    with pytest.raises(InvalidInput, match=r"settings=int\(...\), got str"):
        check_settings("3", int)
