"""Cores that are changed on purpose."""

import json
from pathlib import Path

from spikewright.hardware.core.checksums import NONE, file_checksums, signed_text


def edit(folder: Path, change, *, signed: bool = True) -> None:
    """Change a core as somebody would who knows its checksums, or, not `signed`, as one who does not."""
    core = json.loads((folder / "core.json").read_text())
    if signed:
        core["files"], core["checksum"] = file_checksums(folder), NONE
    change(core)
    text = json.dumps(core)
    (folder / "core.json").write_text(signed_text(text) if signed else text)


def weights_of(core: dict) -> dict:
    return core["projections"][0]["synapse"]["weights"]["values"]
