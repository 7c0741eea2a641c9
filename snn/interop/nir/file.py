"""NIR files: HDF5, read with no more trust than a file of a stranger deserves.

HDF5 can point to other files, to its own groups in a circle, and to filters that are loaded as plug-ins. A network needs
none of that, so it is refused before anything is read; sizes are added up first. Reading runs no code from the file.
"""

from pathlib import Path
from typing import Any

from spikewright import InvalidFile, Kind, atomic_path
from spikewright.optional import require

LARGEST_BYTES = 4 * 2**30
MOST_OBJECTS = 100_000
DEEPEST = 8
FILTERS = (1, 2, 3, 32000)
"""deflate, shuffle, Fletcher's checksum and LZF: those that HDF5 and h5py bring along."""
MARK = "made_by_spikewright"
"""An attribute of the files that are written here; readers of NIR do not look at it."""


def write(graph: Any, path: str | Path, *, force: bool = False) -> None:
    """Write a `nir.NIRGraph`, all or nothing; a NIR file that this function wrote is replaced, another file with `force`.

    Raises InvalidFile when the file cannot be written.
    """
    with atomic_path(path, NIR_FILE, force=force) as temporary:
        try:
            require("nir").write(temporary, graph)
            with require("h5py").File(temporary, "r+") as file:
                file.attrs[MARK] = True
        except (OSError, RuntimeError) as error:
            raise InvalidFile(f"expected to write {path}, got: {short(error)}; try another folder") from error


def _is_ours(path: Path) -> bool:
    try:
        with require("h5py").File(path, "r") as file:
            return MARK in file.attrs
    except (OSError, RuntimeError):
        return False


NIR_FILE = Kind("a NIR file of spikewright", _is_ours)


def read(path: str | Path) -> Any:
    """The `nir.NIRGraph` in a file. Raises InvalidFile when it is missing, cut off, of another kind, or hostile."""
    nir, path = require("nir"), Path(path)
    if not path.is_file():
        raise InvalidFile(f"expected a NIR file at {path}, got none; try another path")
    _check(path)
    try:
        graph = nir.read(path, type_check=False)
    except MemoryError:
        raise
    except Exception as error:  # whatever a reader that trusts its file stumbles over
        raise InvalidFile(f"expected a NIR graph in {path}, got: {type(error).__name__} {short(error)}") from error
    return graph


def short(value: object) -> str:
    """`value` in one line of at most 160 characters: what a hostile file says is not repeated at length."""
    text = " ".join(str(value).split())
    return text if len(text) <= 160 else f"{text[:157]}..."


def _check(path: Path) -> None:
    """Raise InvalidFile unless the file is a plain tree of arrays of a reasonable size."""
    h5py = require("h5py")
    try:
        with h5py.File(path, "r") as file:
            _Scan(h5py, path).group(file, 0)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        if isinstance(error, InvalidFile):
            raise
        raise InvalidFile(f"expected a whole HDF5 file, got: {short(error)}: {path}; save it again") from error


class _Scan:
    """Walks through a file without reading its arrays."""

    def __init__(self, h5py: Any, path: Path) -> None:
        self.h5py, self.path = h5py, path
        self.bytes = self.objects = 0

    def group(self, group: Any, depth: int) -> None:
        """A group and all below it."""
        if depth > DEEPEST:
            raise InvalidFile(f"expected at most {DEEPEST} levels of groups in {self.path}; a circle?")
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, self.h5py.HardLink):
                raise InvalidFile(f"expected no links in {self.path}, got {short(name)!r}; it may lead to another file")
            self.objects += 1
            if self.objects > MOST_OBJECTS:
                raise InvalidFile(f"expected at most {MOST_OBJECTS} entries in {self.path}")
            entry = group[name]
            if isinstance(entry, self.h5py.Dataset):
                self._dataset(name, entry)
            elif isinstance(entry, self.h5py.Group):
                self.group(entry, depth + 1)
            else:
                raise InvalidFile(f"expected groups and arrays in {self.path}, got {type(entry).__name__}")

    def _dataset(self, name: str, dataset: Any) -> None:
        """An array: its place, its filters and its size."""
        if dataset.is_virtual or dataset.external:
            raise InvalidFile(f"expected the numbers of {short(name)!r} inside {self.path}, got a link to another file")
        layout = dataset.id.get_create_plist()
        filters = [layout.get_filter(number)[0] for number in range(layout.get_nfilters())]
        if set(filters) - set(FILTERS):
            raise InvalidFile(f"expected the usual compression of {short(name)!r} in {self.path}, got filter {filters}")
        self.bytes += max(int(dataset.size or 1), 1) * max(int(dataset.dtype.itemsize), 1)
        if self.bytes > LARGEST_BYTES:
            raise InvalidFile(f"expected at most {LARGEST_BYTES >> 30} GiB of numbers in {self.path}")
