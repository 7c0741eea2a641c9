"""A data set by name, or the user's own from a file."""

import os
import zlib
from functools import lru_cache
from typing import Any
from zipfile import BadZipFile

import numpy as np

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.data.load import UNIT, Dataset, dataset_names, load_dataset
from spikewright.files import readable
from spikewright.importing import called, imported, is_place

MOST_CLASSES = 100_000
LARGEST_LABEL = 2**53
_named = lru_cache(maxsize=2)(load_dataset)


def open_dataset(name: str, folder: str | None = None) -> Dataset:
    """A data set by name, your own from an .npz file with train_images, train_labels, test_images and test_labels, or what your
    own "package.module:function" returns, imported with the working folder on the path.

    Images are float32 `(n, channels, height, width)`, labels integers. Images lie in [0, 1], or in the file's `input_range`, two
    numbers. Raises InvalidInput or InvalidFile.
    """
    if is_place(name):
        return _own(name)
    if not name.endswith(".npz"):
        return _named(name, folder)
    parts = ("train_images", "train_labels", "test_images", "test_labels")
    readable(name)
    try:
        with open(name, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = [file[part] for part in parts]
            bounds = file["input_range"] if "input_range" in file else UNIT
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error, TypeError, AttributeError) as error:
        raise InvalidFile(f"expected an .npz file with {', '.join(parts)} at {name}, got: {error}") from error
    labels = [_whole_labels(array, part) for array, part in zip(arrays[1::2], parts[1::2], strict=True)]
    classes = int(max(array.max(initial=0) for array in labels)) + 1
    if classes > MOST_CLASSES:
        raise InvalidInput(
            f"expected labels below {MOST_CLASSES:,} in {name}, got {classes - 1}; try to number the classes from 0"
        )
    images = [_float_images(array, part) for array, part in zip(arrays[::2], parts[::2], strict=True)]
    named = tuple(map(str, range(classes)))
    whole = os.path.basename(name), images[0], labels[0], images[1], labels[1], named
    return Dataset(*whole, input_range=_bounds(bounds, name))


def known_dataset(name: str) -> bool:
    """Whether a name may be that of a data set; nothing is read or imported for it."""
    return name.endswith(".npz") or is_place(name) or name in dataset_names()


@lru_cache(maxsize=2)
def _own(place: str) -> Dataset:
    """What the user's function at "package.module:function" returns. Raises InvalidInput unless it is a Dataset."""
    made = called(imported(place, "data set"), place, "a Dataset")
    if not isinstance(made, Dataset):
        raise InvalidInput(
            f"expected {place}() to return a Dataset, got {type(made).__name__}; try experiments.Dataset"
        )
    return made


def _bounds(given: Any, name: str) -> tuple[float, float]:
    """Two numbers of a file, the lower one first. Raises InvalidInput for others."""
    found = np.asarray(given)
    if found.shape != (2,) or found.dtype.kind not in "iuf" or not (np.isfinite(found).all() and found[0] < found[1]):
        raise InvalidInput(f"expected input_range as low and high in {name}, got {given}; try np.array([-1.0, 1.0])")
    return float(found[0]), float(found[1])


def _float_images(array: Any, part: str) -> Any:
    """Images of float32; other floats are rounded to it. Raises InvalidInput, with what to do, for all else."""
    if array.ndim != 4:
        raise InvalidInput(
            f"expected {part} of shape (n, channels, height, width), got {array.shape}; try images[:, None] for one channel"
        )
    if array.dtype.kind != "f":
        raise InvalidInput(
            f"expected {part} in [0, 1] as float32, got {array.dtype}; try images.astype('float32') / 255"
        )
    return array.astype(np.float32)


def _whole_labels(array: Any, part: str) -> Any:
    """Labels as int64. Raises InvalidInput for what are no whole numbers."""
    whole = array.dtype.kind in "iu" or (array.dtype.kind == "f" and bool(np.all(array == np.rint(array))))
    if not whole or (array.size and abs(float(array.max())) > LARGEST_LABEL):
        raise InvalidInput(
            f"expected {part} to be whole numbers, got {array.dtype} of other values; try labels.astype('int64')"
        )
    return array.astype(np.int64)
