"""Packages that only some users need: what each is for, and what installs it.

    nir = require("nir")                        # the module, imported when it is first asked for
    neuron = require("spikingjelly.activation_based.neuron")

Everything optional is a line of `PACKAGES`; `pyproject.toml` has an extra of the same name.
"""

from importlib import import_module
from typing import Any, NamedTuple

from spikewright.errors import MissingTool


class OptionalPackage(NamedTuple):
    """`purpose` and `install` stand in the sentence "expected the package X to `purpose`, got none; try `install`"."""

    purpose: str
    install: str


def _extra(name: str) -> str:
    return f'pip install "spikewright[{name}]"'


def _alone(name: str) -> str:
    """sinabs and SpikingJelly ask for large packages that their neurons do not use."""
    return f"{_extra('bench')}, then pip install --no-deps {name}"


PACKAGES = {
    "brian2": OptionalPackage("simulate in Brian2", _extra("brian2")),
    "distributed": OptionalPackage("run cells on a Dask scheduler", _extra("dask")),
    "h5py": OptionalPackage("read and write NIR files", _extra("nir")),
    "nir": OptionalPackage("exchange networks as NIR graphs", _extra("nir")),
    "norse": OptionalPackage("exchange networks with Norse", _extra("norse")),
    "onnx": OptionalPackage("read ONNX files", _extra("onnx")),
    "optuna": OptionalPackage("search by nsga2 or tpe", _extra("search")),
    "pandas": OptionalPackage("show results as data frames", _extra("pandas")),
    "pyarrow": OptionalPackage("read and write parquet files", _extra("parquet")),
    "sinabs": OptionalPackage("exchange networks with sinabs", _alone("sinabs")),
    "snntorch": OptionalPackage("exchange networks with snnTorch", _extra("snntorch")),
    "spikingjelly": OptionalPackage("exchange networks with SpikingJelly", _alone("spikingjelly")),
}


def require(module: str) -> Any:
    """The imported `module`, of one of `PACKAGES`.

    Raises MissingTool, with what to install, when the package is not there or cannot be imported.
    """
    package = module.partition(".")[0]
    purpose, install = PACKAGES[package]
    try:
        return import_module(module)
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == package
        found = "none" if missing else f"one that fails: {error}"
        raise MissingTool(f"expected the package {package} to {purpose}, got {found}; try {install}") from error
