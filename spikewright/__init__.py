"""The ground that every package shares: version, errors, atomic files, progress, tables. Standard library only."""

from spikewright.errors import (
    InvalidFile,
    InvalidInput,
    InvalidNetwork,
    MissingTool,
    SpikewrightError,
)
from spikewright.files import atomic_folder, atomic_path
from spikewright.progress import Progress, silent
from spikewright.table import Table

__version__ = "0.1.0"

__all__ = [
    "InvalidFile",
    "InvalidInput",
    "InvalidNetwork",
    "MissingTool",
    "Progress",
    "SpikewrightError",
    "Table",
    "__version__",
    "atomic_folder",
    "atomic_path",
    "silent",
]
