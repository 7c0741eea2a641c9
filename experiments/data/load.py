"""Image data sets with one shape: digits are built in, the others come from a folder or are downloaded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.experiments.data.files import read_cifar_batch, read_idx
from spikewright.experiments.data.sources import CIFAR10, FASHION_MNIST, MNIST, DataSource, locate
from spikewright.importing import unknown
from spikewright.inputs import check_range
from spikewright.progress import watched

Images = NDArray[np.float32]
Labels = NDArray[np.int64]

UNIT = (0.0, 1.0)
DIGITS = Path(__file__).with_name("digits.npz")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images float32 `(n, channels, height, width)` and labels int64 `(n,)`, split for training and test.

    `input_range`: (low, high) of all images, [0, 1] unless they are standardised, or no pictures at all.
    Raises InvalidInput when shapes, types, ranges or labels do not fit together.
    """

    name: str
    train_images: Images
    train_labels: Labels
    test_images: Images
    test_labels: Labels
    classes: tuple[str, ...]
    input_range: tuple[float, float] = UNIT

    def __post_init__(self) -> None:
        for split, images, labels in (
            ("train", self.train_images, self.train_labels),
            ("test", self.test_images, self.test_labels),
        ):
            _check_split(split, images, labels, len(self.classes))
            _check_inside(split, images, self.input_range)
        if self.train_images.shape[1:] != self.test_images.shape[1:]:
            raise InvalidInput(
                f"expected test images of shape {self.train_images.shape[1:]}, got {self.test_images.shape[1:]}"
            )

    @property
    def known_range(self) -> tuple[float, float] | None:
        """As `convert` takes it: None for images in [0, 1]."""
        return None if self.input_range == UNIT else self.input_range

    @property
    def shape(self) -> tuple[int, int, int]:
        """`(channels, height, width)` of one image."""
        channels, height, width = self.train_images.shape[1:]
        return channels, height, width

    def first(self, train: int | None = None, test: int | None = None) -> "Dataset":
        """The same data set with only its first `train` and `test` images (None keeps all)."""
        return replace(
            self,
            train_images=self.train_images[:train],
            train_labels=self.train_labels[:train],
            test_images=self.test_images[:test],
            test_labels=self.test_labels[:test],
        )


@watched
def load_dataset(name: str, folder: str | Path | None = None, *, cache: str | Path | None = None) -> Dataset:
    """Load `digits`, `mnist`, `fashion-mnist` or `cifar10`.

    `folder` holds the original files, directly or in a subfolder of the data set's name; without it they are
    downloaded once to `cache` (by default the user's cache folder). Every file's md5 is checked before it is read.
    Raises InvalidInput for an unknown name, InvalidFile for a missing, changed or truncated file.
    """
    if name not in _DATASETS:
        raise unknown("data set", name, _DATASETS, "your own FILE.npz")
    return _DATASETS[name].read(folder, cache)


def dataset_names() -> tuple[str, ...]:
    """The names that `load_dataset` knows."""
    return tuple(_DATASETS)


def dataset_summaries() -> dict[str, str]:
    """What each of these data sets is, in a line."""
    return {name: one.summary for name, one in _DATASETS.items()}


def read_idx_dataset(source: DataSource, folder: str | Path | None = None, cache: str | Path | None = None) -> Dataset:
    """A data set in MNIST's format: four idx files, in the order of `source.files`."""
    paths = locate(source, folder, cache)
    images, labels, test_images, test_labels = (read_idx(path) for path in paths)
    return Dataset(
        source.name,
        _grey(images, paths[0]),
        labels.astype(np.int64),
        _grey(test_images, paths[2]),
        test_labels.astype(np.int64),
        source.classes,
    )


def read_cifar10(source: DataSource, folder: str | Path | None = None, cache: str | Path | None = None) -> Dataset:
    """A data set in CIFAR-10's Python format: training batches, then the test batch last."""
    batches = [read_cifar_batch(path) for path in locate(source, folder, cache)]
    images = [_scaled(batch) for batch, _ in batches]
    labels = [batch_labels for _, batch_labels in batches]
    return Dataset(
        source.name, np.concatenate(images[:-1]), np.concatenate(labels[:-1]), images[-1], labels[-1], source.classes
    )


def _digits(folder: str | Path | None, cache: str | Path | None) -> Dataset:
    """1797 handwritten digits of 8x8 pixels of 0..16 with a stratified split, 75 % for training; they lie beside this file.

    Test set of E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI repository (1998), CC BY 4.0. Images
    and split are those of scikit-learn's load_digits and train_test_split(random_state=0).
    """
    with np.load(DIGITS, allow_pickle=False) as file:
        # With an axis of its own stride, or torch takes the maps for channels last and adds in another order.
        images = (file["images"] / 16.0).astype(np.float32).reshape(-1, 1, 8, 8)
        labels, train, test = file["labels"].astype(np.int64), file["train"], file["test"]
    return Dataset("digits", images[train], labels[train], images[test], labels[test], tuple("0123456789"))


class NamedDataset(NamedTuple):
    """A data set that has a name: what it is in a line, and what reads it from a folder, or a cache of downloads."""

    summary: str
    read: Callable[[str | Path | None, str | Path | None], Dataset]


_DATASETS = {
    "digits": NamedDataset("1,797 handwritten digits in grey, 8x8 pixels, 10 classes; built in.", _digits),
    "mnist": NamedDataset(
        "70,000 handwritten digits in grey, 28x28 pixels, 10 classes; downloaded, or in --data FOLDER.",
        lambda folder, cache: read_idx_dataset(MNIST, folder, cache),
    ),
    "fashion-mnist": NamedDataset(
        "70,000 pieces of clothing in grey, 28x28 pixels, 10 classes; downloaded, or in --data FOLDER.",
        lambda folder, cache: read_idx_dataset(FASHION_MNIST, folder, cache),
    ),
    "cifar10": NamedDataset(
        "60,000 animals and vehicles in colour, 32x32 pixels, 10 classes; downloaded, or in --data FOLDER.",
        lambda folder, cache: read_cifar10(CIFAR10, folder, cache),
    ),
}


def _grey(images: NDArray[np.uint8], path: Path) -> Images:
    if images.ndim != 3:
        raise InvalidInput(f"expected images (n, height, width) in {path}, got shape {images.shape}")
    return _scaled(images[:, None])


def _scaled(images: NDArray[np.uint8]) -> Images:
    return images.astype(np.float32) / np.float32(255)


def _check_split(split: str, images: NDArray[Any], labels: NDArray[Any], classes: int) -> None:
    if images.ndim != 4 or images.dtype != np.float32:
        raise InvalidInput(
            f"expected {split} images float32 (n, channels, height, width), got {images.dtype} {images.shape}"
        )
    if labels.shape != images.shape[:1] or labels.dtype != np.int64:
        raise InvalidInput(f"expected {split} labels int64 ({len(images)},), got {labels.dtype} {labels.shape}")
    if images.size == 0:
        raise InvalidInput(f"expected at least one {split} image with pixels, got shape {images.shape}")
    if labels.min() < 0 or labels.max() >= classes:
        raise InvalidInput(f"expected {split} labels 0 to {classes - 1}, got {labels.min()} to {labels.max()}")


def _check_inside(split: str, images: Images, bounds: tuple[float, float]) -> None:
    if bounds == UNIT and not (images.min() >= 0 and images.max() <= 1):
        raise InvalidInput(
            f"expected {split} pixels in [0, 1], got {images.min()} to {images.max()}; "
            "try images / 255, or input_range=[low, high] beside them for others"
        )
    check_range(images, bounds, f"{split} images")
