"""The spike core of a study, where people look for it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from spikewright import atomic_folder
from spikewright.experiments.records.freshness import MadeFiles, written_ns
from spikewright.experiments.records.layout import RECORD
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.cells import Cell
from spikewright.marker import MARKER, files_below


def publish_cores(cells: Sequence[Cell], store: Store) -> None:
    """Copy the first spike core that a cell made to where people look for it, unless that is what is there."""
    made = (store.cells / cell.folder / "core" for cell in cells if cell.stage == "hardware")
    core = next((place for place in made if place.is_dir()), None)
    if core is None:
        return
    place, kept, of = store.folder / "core", MadeFiles(store.folder, "core"), written_ns(core.parent / RECORD)
    if not kept.is_made_of([core.parent.name, of]):
        kept.begin()
        publish_core(core, place)
        kept.keep([core.parent.name, of], (place / name for name in files_below(place)))


def publish_core(core: Path, place: Path) -> None:
    """Copy the spike core of a cell to where people look for it. Raises InvalidFile when another folder is there."""
    from spikewright.hardware.core.folder import CORE_FOLDER

    with atomic_folder(place, CORE_FOLDER) as temporary:
        shutil.copytree(core, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns(MARKER))
