"""What was compared on which commit: a run that stopped goes on there, and a page is of one commit alone."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.onnx_check.progress import commit_of
from tests.validate.checking import Checked

READ = ("hardware", "snn", "spikewright", "tests/hardware", "tests/validate")
"""What the comparisons depend on."""


@dataclass
class Progress:
    """Rows by what was compared, such as "pruned, seed 7, one lane"; `keep` writes them to `path`."""

    path: Path
    commit: str
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, kind: str, found: Checked) -> None:
        """One more comparison."""
        self.rows[name] = {"kind": kind, **asdict(found)}
        self.keep()

    def keep(self) -> None:
        """Write them, so that another run can go on."""
        self.path.write_text(json.dumps({"commit": self.commit, "rows": self.rows}))


def begun(path: Path, commit: str | None = None) -> Progress:
    """What a run before this one compared on the same commit; nothing where that was another one, or had changes."""
    commit = commit or commit_of(read=READ)
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.get("commit") != commit or " " in commit or commit == "unknown":
        return Progress(path, commit)
    return Progress(path, commit, kept["rows"])
