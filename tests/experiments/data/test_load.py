"""The digits that come with the package are those of scikit-learn, split as it splits them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from spikewright import InvalidInput
from spikewright.experiments.data.load import Dataset, load_dataset, read_cifar10, read_idx_dataset
from spikewright.experiments.data.sources import CIFAR10, MNIST
from tests.experiments.data.originals import IMAGES, LABELS, with_md5


def test_digits_are_scikit_learn_s() -> None:
    pixels, labels = load_digits(return_X_y=True)
    images = (pixels / 16.0).astype(np.float32).reshape(-1, 1, 8, 8)
    parts = train_test_split(images, labels.astype(np.int64), test_size=0.25, random_state=0, stratify=labels)
    data = load_dataset("digits")
    found = (data.train_images, data.test_images, data.train_labels, data.test_labels)
    for ours, theirs in zip(found, parts, strict=True):
        assert ours.dtype == theirs.dtype and ours.strides == theirs.strides and np.array_equal(ours, theirs)


def test_digits_are_built_in_scaled_and_split_the_same_way_each_time() -> None:
    digits, again = load_dataset("digits"), load_dataset("digits")
    assert digits.shape == (1, 8, 8)
    assert (len(digits.train_images), len(digits.test_images)) == (1347, 450)
    assert digits.train_images.max() == 1.0 and digits.train_images.min() == 0.0
    # Pixels are k/16: dyadic, so nothing was rounded.
    assert np.array_equal(digits.train_images * 16, np.round(digits.train_images * 16))
    assert np.array_equal(digits.test_images, again.test_images)
    counts = np.bincount(digits.test_labels, minlength=10)
    assert counts.min() >= 43 and counts.max() <= 47  # stratified: 10 classes of about 45


def test_first_keeps_the_first_images() -> None:
    digits = load_dataset("digits")
    few = digits.first(train=7, test=3)
    assert np.array_equal(few.train_images, digits.train_images[:7]) and np.array_equal(
        few.test_labels, digits.test_labels[:3]
    )
    assert len(digits.first(train=7).test_images) == 450


def test_idx_folder_becomes_a_dataset(idx_folder: Path) -> None:
    source = with_md5(MNIST, idx_folder)
    for folder in (idx_folder, idx_folder.parent):
        data = read_idx_dataset(source, folder)
        assert data.train_images.dtype == np.float32 and data.train_images.shape == (12, 1, 6, 5)
        assert np.array_equal(data.train_images[:, 0], IMAGES.astype(np.float32) / 255)
        assert data.test_labels.dtype == np.int64 and np.array_equal(data.test_labels, LABELS[:5])


def test_cifar_folder_becomes_a_dataset_with_the_test_batch_apart(cifar_folder: Path) -> None:
    data = read_cifar10(with_md5(CIFAR10, cifar_folder), cifar_folder.parent)
    assert data.train_images.shape == (20, 3, 32, 32) and data.test_images.shape == (4, 3, 32, 32)
    assert data.train_labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4
    assert set(data.test_labels.tolist()) == {5}
    pixels = np.random.default_rng(0).integers(0, 256, (4, 3072), np.uint8)
    assert np.array_equal(data.train_images[0, 2, 0], pixels[0, 2048:2080].astype(np.float32) / 255)


def test_unknown_name() -> None:
    with pytest.raises(InvalidInput, match="digits"):
        load_dataset("minst")


@pytest.mark.parametrize(
    "change",
    [
        {"train_images": np.zeros((2, 8, 8), np.float32)},
        {"train_images": np.zeros((2, 1, 8, 8))},
        {"train_images": np.full((2, 1, 8, 8), 2, np.float32)},
        {"train_images": np.full((2, 1, 8, 8), np.nan, np.float32)},
        {"train_images": np.zeros((0, 1, 8, 8), np.float32), "train_labels": np.zeros(0, np.int64)},
        {"test_images": np.zeros((2, 1, 9, 8), np.float32)},
        {"train_labels": np.array([0, 10])},
        {"test_labels": np.array([-1, 0])},
        {"test_labels": np.array([0, 1, 2])},
        {"test_labels": np.zeros(2, np.int32)},
    ],
)
def test_dataset_refuses_what_does_not_fit(change: dict[str, np.ndarray]) -> None:
    images, labels = np.zeros((2, 1, 8, 8), np.float32), np.zeros(2, np.int64)
    good = Dataset("two", images, labels, images, labels, tuple("0123456789"))
    with pytest.raises(InvalidInput, match="expected"):
        replace(good, **change)
