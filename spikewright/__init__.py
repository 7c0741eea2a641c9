"""The ground that every package shares: version, errors, atomic files, progress, tables. Standard library only."""

from spikewright.errors import (
    InvalidFile,
    InvalidInput,
    InvalidNetwork,
    MissingTool,
    SpikewrightError,
)
from spikewright.files import atomic_path, check_path
from spikewright.folders import atomic_folder, check_claim, check_folder, claim_folder
from spikewright.kinds import FolderKind, Kind
from spikewright.progress import Progress, silent
from spikewright.table import Table

__version__ = "0.1.0"

__all__ = [
    "FolderKind",
    "InvalidFile",
    "InvalidInput",
    "InvalidNetwork",
    "Kind",
    "MissingTool",
    "Progress",
    "SpikewrightError",
    "Table",
    "__version__",
    "atomic_folder",
    "atomic_path",
    "check_claim",
    "check_folder",
    "check_path",
    "claim_folder",
    "silent",
]
