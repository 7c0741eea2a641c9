"""The folder of a study, and the files in it that say what was asked and where it came from."""

import json
from pathlib import Path
from typing import Any

from spikewright import FolderKind, InvalidFile, Kind, atomic_path
from spikewright.experiments.records.reading import read_json
from spikewright.experiments.records.store import Store
from spikewright.kinds import json_with
from spikewright.marker import files_below

STUDY_FILE = Kind("a study", json_with("name", "dataset", "seeds"))
PROVENANCE_FILE = Kind(
    "the provenance of a study", json_with("configuration", "seeds", "commit", "versions", "machine")
)


def _older(folder: Path) -> list[str] | None:
    """The files of a study that was run before folders carried a marker; cells and core are folders of their own."""
    if not STUDY_FILE.made(folder / "study.json"):
        return None
    inside = [f"{place}/{name}" for place in ("tables", "figures") for name in files_below(folder / place)]
    return ["study.json", "provenance.json", "report.html", *inside]


STUDY_FOLDER = FolderKind("the folder of a study", older=_older)


def claim(name: str, folder: str | Path) -> Store:
    """The store of the study `name` in `folder`. Raises InvalidFile for a folder of something else, or of another study."""
    store = Store.claim(folder, STUDY_FOLDER)
    check_same(name, folder)
    return store


def check_same(name: str, folder: str | Path) -> None:
    """Raise InvalidFile where `folder` has another study than `name`; nothing is written."""
    if (Path(folder) / "study.json").is_file():
        found = read_json(Path(folder) / "study.json").get("name")
        if found != name:
            raise InvalidFile(
                f"expected the study {name!r} or an empty folder at {folder}, got the study {found!r}; try a new one with --into"
            )


def write_json(path: Path, kind: Kind, values: Any) -> None:
    """Write plain values as JSON, in place of a file of the same kind only."""
    with atomic_path(path, kind) as temporary:
        temporary.write_text(json.dumps(values, indent=2) + "\n")
