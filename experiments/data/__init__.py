"""Image data sets with one shape: digits are built in, the others come from a folder or are downloaded."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset, dataset_names, load_dataset, read_cifar10, read_idx_dataset

__all__ = ["Dataset", "dataset_names", "load_dataset", "read_cifar10", "read_idx_dataset"]


def __getattr__(name: str) -> Any:
    """Arrays are loaded when a data set is asked for: the names of the sources alone need none."""
    if name in __all__:
        return getattr(import_module("spikewright.experiments.data.load"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
