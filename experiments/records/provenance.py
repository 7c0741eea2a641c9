"""Where a result comes from: versions, the state of the code, the machine, and the hash of the configuration."""

import hashlib
import json
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spikewright import __version__

UNKNOWN = "unknown"
CHANGED = ", changed"
"""Behind the commit of a checkout whose files differ from it."""
PACKAGES = ("numpy", "torch", "numba", "scikit-learn", "matplotlib", "pyarrow")


@dataclass(frozen=True)
class Provenance:
    """`configuration` is the hash of what was asked for, `commit` the code's state ("unknown" outside a checkout).

    `threads`: how many torch had; None where it was not loaded, or not known.
    """

    configuration: str
    seeds: tuple[int, ...]
    commit: str
    versions: Mapping[str, str]
    machine: str
    threads: int | None = None

    @classmethod
    def of(cls, configuration: Any, seeds: tuple[int, ...]) -> "Provenance":
        """The provenance of a run on this machine; `configuration` is plain JSON values."""
        return cls(content_hash(configuration), seeds, current_commit(), versions(), machine(), torch_threads())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def columns(self) -> dict[str, Any]:
        """What every row of a results table carries."""
        names = ("configuration", "commit", "spikewright", "versions", "threads")
        known = self.versions.get("spikewright", UNKNOWN)
        return dict(zip(names, (self.configuration, self.commit, known, self.told_versions, self.threads), strict=True))

    @property
    def told_versions(self) -> str:
        """The versions in one line, without that of this project."""
        return (
            ", ".join(f"{name} {number}" for name, number in self.versions.items() if name != "spikewright") or UNKNOWN
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Provenance":
        """What `to_dict` gave. Raises TypeError or KeyError for anything else."""
        return cls(**{**values, "seeds": tuple(values["seeds"])})


def content_hash(values: Any, length: int = 16) -> str:
    """The first `length` hex digits of the SHA-256 of `values` as canonical JSON (keys sorted, no spaces)."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def versions() -> dict[str, str]:
    """Versions of Python, this project and the packages that numbers depend on; read without importing them."""
    return dict(_installed())


@lru_cache(maxsize=1)
def _installed() -> dict[str, str]:
    found = {"spikewright": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def torch_threads() -> int | None:
    """How many threads torch has; None where it is not loaded."""
    torch = sys.modules.get("torch")
    return None if torch is None else int(torch.get_num_threads())


def machine() -> str:
    """System and processor architecture."""
    return f"{platform.system()} {platform.machine()}"


@lru_cache(maxsize=1)
def current_commit() -> str:
    """The commit of the checkout that this code belongs to, with a mark when files differ from it.

    "unknown" for an installed copy, also when it lies inside somebody else's checkout: that one does not track this file.
    """
    folder = Path(__file__).parent
    try:
        _git(folder, "ls-files", "--error-unmatch", Path(__file__).name)
        head = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", "..")
    except (OSError, subprocess.CalledProcessError):
        return UNKNOWN
    return head + CHANGED if changed else head


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(("git", *arguments), cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
