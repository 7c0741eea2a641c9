"""What the stages of a study share: a task at work, the files of the tasks that it needs, models and data by name."""

import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from spikewright import InvalidFile, InvalidInput, Progress
from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.runs.tasks import Task

if TYPE_CHECKING:
    from torch import nn

    from spikewright.compress import Compressed
    from spikewright.snn import Network

Rows = dict[str, list[dict[str, Any]]]
MOST_CLASSES = 100_000
MODEL, COMPRESSED, NETWORK = "model.safetensors", "compressed.safetensors", "network.spike"


@dataclass(frozen=True)
class Step:
    """A task at work: `inputs` are the folders of its needs by role, `folder` takes its files."""

    task: Task
    inputs: Mapping[str, Path]
    folder: Path
    progress: Progress

    @property
    def params(self) -> Mapping[str, Any]:
        """The task's parameters."""
        return self.task.params

    @property
    def seed(self) -> int:
        """The task's seed."""
        return self.task.seed

    @property
    def dataset(self) -> Dataset:
        """The data set, cut as the study says."""
        part = self.params["dataset"]
        whole = open_dataset(part["name"], self.task.place.get("data"))
        return whole.first(part["train"], part["test"])

    def model(self, role: str = "model") -> "nn.Module | Compressed":
        """The model or `Compressed` that a need wrote."""
        from spikewright.experiments.runs.artifacts import load_model

        compressed = self.inputs[role] / COMPRESSED
        path = compressed if compressed.is_file() else self.inputs[role] / MODEL
        return load_model(path, factory_of(self.params.get("factory")))

    def network(self, role: str = "network") -> "Network":
        """The spiking network that a need wrote."""
        from spikewright.snn import Network

        return Network.load(self.inputs[role] / NETWORK)

    def is_network(self, role: str) -> bool:
        """Whether a need wrote a spiking network rather than a model."""
        return (self.inputs[role] / NETWORK).is_file()


def check_fits(model: "nn.Module", dataset: Dataset) -> None:
    """Raise InvalidInput unless the model takes the data set's images and has all its classes."""
    import torch

    from spikewright.compress.training.data import check_classes

    check_classes(model, torch.from_numpy(dataset.train_images[:1]), torch.from_numpy(dataset.train_labels))


@contextmanager
def quiet_threads() -> Iterator[None]:
    """One thread for torch in the block: its pool gets in the way of the engines' own, and bytes would depend on its size."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with Python's own numbers."""
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}


_named = lru_cache(maxsize=2)(load_dataset)


def open_dataset(name: str, folder: str | None = None) -> Dataset:
    """A data set by name, or your own from an .npz file with train_images, train_labels, test_images and test_labels.

    Images are float32 `(n, channels, height, width)` in [0, 1], labels integers. Raises InvalidInput or InvalidFile.
    """
    if not name.endswith(".npz"):
        return _named(name, folder)
    parts = ("train_images", "train_labels", "test_images", "test_labels")
    try:
        with open(name, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = [file[part] for part in parts]
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
    return Dataset(os.path.basename(name), images[0], labels[0], images[1], labels[1], named)


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
    if not whole:
        raise InvalidInput(
            f"expected {part} to be whole numbers, got {array.dtype} of other values; try labels.astype('int64')"
        )
    return array.astype(np.int64)


def _told(error: Exception) -> str:
    """What was raised, with its kind."""
    return f"{type(error).__name__}: {error}"


def factory_of(name: str | None) -> "Callable[[], nn.Module] | None":
    """The function called "package.module:function", imported with the working folder on the path; None for None.

    The name of an ONNX file gives a function that reads it.

    Raises InvalidInput when it cannot be imported or does not return an nn.Module.
    """
    import importlib
    import sys

    from torch import nn

    from spikewright.experiments.runs.artifacts import foreign_model, is_foreign

    if name is None:
        return None
    if is_foreign(name):
        return lambda: foreign_model(name)
    module_name, _, function_name = name.partition(":")
    if not module_name or not function_name:
        raise InvalidInput(f"expected a model as package.module:factory, got {name!r}; try mymodels:lenet or net.onnx")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        function = getattr(importlib.import_module(module_name), function_name)
    except Exception as error:  # the user's own module: importing it may raise anything
        raise InvalidInput(
            f"expected a factory that can be imported as {name}, got {_told(error)}; try it in Python first"
        ) from error
    if isinstance(function, nn.Module) or not callable(function):
        kind = type(function).__name__
        raise InvalidInput(f"expected {name} to be a function that returns an nn.Module, got {kind}; try to define one")

    def make() -> nn.Module:
        try:
            model = function()
        except Exception as error:  # so may calling it
            raise InvalidInput(
                f"expected {name}() to return an nn.Module, got {_told(error)}; try a function without arguments"
            ) from error
        if not isinstance(model, nn.Module):
            raise InvalidInput(f"expected {name} to return an nn.Module, got {type(model).__name__}")
        return model

    return make
