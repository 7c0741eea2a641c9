"""What of the check was counted on which commit: a run that stopped goes on there, and a page is of one commit alone."""

import json
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READ = ("compress", "snn", "conversion", "spikewright", "tests", "pyproject.toml")
"""What the counts depend on."""
PACKAGES = ("onnx", "onnxruntime", "torch")


def commit_of(root: Path = ROOT, read: Sequence[str] = READ) -> str:
    """The commit of the working tree, with "and changes" where what is `read` differs from it; "unknown" without git."""
    try:
        head = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", *read)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head} and changes" if changed else head


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout.strip()


def versions() -> dict[str, str]:
    """Versions of the packages that answer."""
    return {name: version(name) for name in PACKAGES}


@dataclass
class Progress:
    """What was counted so far on `commit`: by the name of a part how many pieces, how often each outcome, and what is wrong.

    `operators` are the rows of single operators once they were counted. `keep` writes all of it to `path`.
    """

    path: Path
    commit: str
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    operators: dict[str, Any] = field(default_factory=dict)

    def of(self, told: str) -> dict[str, Any]:
        """The part that is called so on the page: "done" pieces, "counts" and "wrong"."""
        return self.parts.setdefault(told, {"done": 0, "counts": {}, "wrong": []})

    def add(self, told: str, outcomes: list[tuple[str, str]]) -> None:
        """Count one more piece."""
        part = self.of(told)
        part["counts"] = dict(Counter(part["counts"]) + Counter(kind for kind, _ in outcomes))
        part["wrong"] += [why for kind, why in outcomes if kind in ("wrong", "on a jump")]
        part["done"] += 1
        self.keep()

    def keep(self) -> None:
        """Write it, so that another run can go on."""
        text = json.dumps({"commit": self.commit, "parts": self.parts, "operators": self.operators})
        self.path.write_text(text)


def begun(path: Path, commit: str) -> Progress:
    """What a run before this one counted on the same commit; nothing where that was another one, or had changes."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.get("commit") != commit or " " in commit or commit == "unknown":
        return Progress(path, commit)
    return Progress(path, commit, kept["parts"], kept["operators"])
