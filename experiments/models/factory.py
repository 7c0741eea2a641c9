"""A user's own model: by the name of the function that makes it, or in the file of another program."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput
from spikewright.importing import called, imported

if TYPE_CHECKING:
    from torch import nn

    from spikewright.compress import Compressed
    from spikewright.experiments.data.load import Dataset

Factory = Callable[[], "nn.Module"]


def check_fits(model: "nn.Module", dataset: "Dataset") -> None:
    """Raise InvalidInput unless the model takes the data set's images and has all its classes."""
    import torch

    from spikewright.compress.training.data import check_classes

    check_classes(model, torch.from_numpy(dataset.train_images[:1]), torch.from_numpy(dataset.train_labels))


def is_foreign(path: str | Path) -> bool:
    """True for the name of a network that another program wrote: architecture and weights in one file."""
    return Path(path).suffix.lower() in (".onnx", ".pt2")


def foreign_model(path: str | Path, output: str | None = None) -> "nn.Module | Compressed":
    """The network of an ONNX file, of several outputs the one of that name or place; a quantised one as a `Compressed`.

    Raises InvalidInput for .pt2 archives: reading one can run code that is in it.
    """
    from spikewright.compress.imports.onnx.integers import as_stored

    _check_carries_no_code(path)
    return as_stored(path, output=int(output) if output is not None and output.isdigit() else output)


def real_model(path: str | Path) -> "nn.Module":
    """The network of an ONNX file with real numbers for the integers that it may have, as `compress.from_onnx` reads it."""
    from spikewright.compress import from_onnx

    _check_carries_no_code(path)
    return from_onnx(path)


def _check_carries_no_code(path: str | Path) -> None:
    if Path(path).suffix.lower() != ".onnx":
        raise InvalidInput(
            f"expected a file that carries no code, got the torch.export archive {path}, which may hold pickles; try "
            "torch.onnx.export, or in Python, if you trust it, compress.from_exported(torch.export.load(path))"
        )


def _foreign_module(path: str) -> "nn.Module":
    """The layers of a network in an ONNX file, integers or not: what weights of another file can be put into."""
    from spikewright.compress import Compressed

    model = foreign_model(path)
    return model.model if isinstance(model, Compressed) else model


def factory_of(name: str | None) -> Factory | None:
    """The function called "package.module:function", imported with the working folder on the path; None for None.

    The name of an ONNX file gives a function that reads it. Raises InvalidInput when it cannot be imported, and when it is
    called and does not return an nn.Module.
    """
    if name is None:
        return None
    if is_foreign(name):
        return partial(_foreign_module, name)
    if ":" not in name:
        raise InvalidInput(f"expected a model as package.module:factory, got {name!r}; try mymodels:lenet or net.onnx")
    function = imported(name, "model")
    if hasattr(function, "parameters") or not callable(function):  # a module is no function that makes one
        kind = type(function).__name__
        raise InvalidInput(f"expected {name} to be a function that returns an nn.Module, got {kind}; try to define one")
    return partial(_model_of, function, name)


def _model_of(function: Callable[[], Any], name: str) -> "nn.Module":
    from torch import nn

    model = called(function, name, "an nn.Module")
    if not isinstance(model, nn.Module):
        raise InvalidInput(f"expected {name} to return an nn.Module, got {type(model).__name__}")
    return model
