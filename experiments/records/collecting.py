"""What a store holds that its study does not need any more, and its removal when somebody asks for it."""

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from spikewright import InvalidFile
from spikewright.experiments.records.layout import QUARANTINE, is_of_a_cell
from spikewright.experiments.records.record import files_in
from spikewright.experiments.records.store import Store


@dataclass(frozen=True)
class Unused:
    """A folder of a store that nothing needs: where it is, `why`, and its size in bytes."""

    folder: Path
    why: str
    size: int


def unused(store: Store, wanted: Collection[str]) -> list[Unused]:
    """Finished and half-made cells that are not among `wanted` folders' names, and what was put aside as damaged.

    A finished cell that holds anything but its own files is not among them: somebody keeps something there.
    """
    finished = (name for name in sorted(store.names()) if name not in wanted and _has_its_own_only(store, name))
    found = [(store.cells / name, "finished, and no part of the study") for name in finished]
    found += [(path, "half made, and no part of the study") for path in _folders(store.work)]
    left = [(path, why) for path, why in found if path.name not in wanted and is_of_a_cell(path.name)]
    aside = (path for path in _folders(store.folder / QUARANTINE) if is_of_a_cell(path.name.rpartition("-")[0]))
    left += [(path, "damaged") for path in aside]
    return [Unused(path, why, size_of(path)) for path, why in left]


def remove(found: Collection[Unused]) -> int:
    """Remove what `unused` found; returns how many bytes that frees."""
    for each in found:
        shutil.rmtree(each.folder)
    return sum(each.size for each in found)


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _has_its_own_only(store: Store, name: str) -> bool:
    """Whether a finished cell can be read and has no files but those of its record, as they were written."""
    try:
        return store.read(name).files == files_in(store.cells / name)
    except InvalidFile:
        return False


def _folders(place: Path) -> Iterator[Path]:
    return iter(sorted(path for path in place.iterdir() if path.is_dir())) if place.is_dir() else iter(())
