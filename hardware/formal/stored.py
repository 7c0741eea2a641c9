"""What was proved last, as `proved.json` beside the laws: an export states of it what holds for the modules as they are."""

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from spikewright import atomic_path
from spikewright.hardware.cosim.icarus import modules
from spikewright.hardware.formal.proofs import PROOFS
from spikewright.hardware.formal.record import Proved
from spikewright.hardware.formal.solving import fingerprint, with_law
from spikewright.kinds import Kind, json_with

PROOFS_FILE = Kind("what was proved of the Verilog", json_with("proofs"))


def stored_proofs() -> tuple[Proved, ...]:
    """All that are stored and are of the modules and laws as they are now."""
    rows = json.loads(_path().read_text())["proofs"]
    texts = {path.stem: path.read_text() for path in modules()}
    now = {proof.name: fingerprint(proof.module, with_law(proof.module, texts)) for proof in PROOFS}
    return tuple(Proved(**row) for row in rows if now.get(row["name"]) == row["source"])


def store_proofs(proofs: Iterable[Proved], path: Path | None = None) -> Path:
    """Write `proved.json`, or `path`; where it lies. Raises InvalidFile where something else is there."""
    where = path or _path()
    with atomic_path(where, PROOFS_FILE) as temporary:
        temporary.write_text(json.dumps({"proofs": [proof.row() for proof in proofs]}, indent=1) + "\n")
    return where


def _path() -> Path:
    return Path(str(files("spikewright.hardware") / "formal" / "proved.json"))
