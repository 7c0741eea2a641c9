"""Where a result comes from: versions, the state of the code, the machine, and the hash of the configuration."""

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spikewright import __version__

PACKAGES = ("numpy", "torch", "numba", "scikit-learn", "matplotlib", "pyarrow")


@dataclass(frozen=True)
class Provenance:
    """`configuration` is the hash of what was asked for, `commit` the code's state ("unknown" outside a checkout)."""

    configuration: str
    seeds: tuple[int, ...]
    commit: str
    versions: Mapping[str, str]
    machine: str

    @classmethod
    def of(cls, configuration: Any, seeds: tuple[int, ...]) -> "Provenance":
        """The provenance of a run on this machine; `configuration` is plain JSON values."""
        return cls(content_hash(configuration), seeds, current_commit(), versions(), machine())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def columns(self) -> dict[str, str]:
        """What every row of a results table carries."""
        return {"configuration": self.configuration, "commit": self.commit, "spikewright": self.versions["spikewright"]}


def content_hash(values: Any, length: int = 16) -> str:
    """The first `length` hex digits of the SHA-256 of `values` as canonical JSON (keys sorted, no spaces)."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def versions() -> dict[str, str]:
    """Versions of Python, this project and the packages that numbers depend on; read without importing them."""
    found = {"spikewright": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


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
        return "unknown"
    return f"{head}, changed" if changed else head


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(("git", *arguments), cwd=folder, capture_output=True, text=True, check=True).stdout.strip()
