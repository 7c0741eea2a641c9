"""An index map in few numbers: runs of addresses at equal distances, as files hold it.

0 1 2 3 8 9 10 11     starts 0, runs (2, 8), (4, 1): twice, at a distance of 8, four at a distance of 1
2 1 0 5 4 3           starts 2 5, runs (3, -1); a shuffle, a flip, a repetition are a few runs, any other map its addresses
"""

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from spikewright.index_maps import Addresses, IndexMap, Shape


@dataclass(frozen=True, eq=False)
class MapRuns:
    """Addresses of a map from `source` to `shape`, row-major: those of `starts`, each the first of runs within runs.

    `runs`: (how many, at which distance), the innermost last. A start of -1 reads nothing in all its runs.
    """

    tag: ClassVar[str] = "IndexMap"

    source: Shape
    shape: Shape
    runs: tuple[tuple[int, int], ...]
    starts: Any

    def unfolded(self) -> IndexMap:
        """The map. Raises ValueError for addresses that are not in the source, or not as many as the shape has."""
        flat, inside = np.asarray(self.starts), prod(self.source)
        if (
            flat.dtype.kind not in "iu"
            or flat.ndim != 1
            or flat.size * prod(n for n, _ in self.runs) != prod(self.shape)
        ):
            raise ValueError(
                f"expected {prod(self.shape)} addresses for the shape {self.shape} of a map, got another number"
            )
        flat = flat.astype(np.int64)
        for count, distance in self.runs:
            _check(flat, inside)
            flat = np.where(flat[:, None] >= 0, flat[:, None] + distance * np.arange(count), -1).reshape(-1)
        _check(flat, inside)
        return IndexMap.of(self.source, flat.reshape(self.shape))


def runs_of(found: IndexMap) -> MapRuns:
    """The addresses of a map in few numbers; its constants are left out."""
    flat: Addresses = found.addresses.reshape(-1)
    runs: list[tuple[int, int]] = []
    while (run := _longest_run(flat)) is not None:
        runs.insert(0, run)
        flat = flat[:: run[0]]
    return MapRuns(found.source, found.shape, tuple(runs), flat.astype(np.int32))


def _longest_run(flat: Addresses) -> tuple[int, int] | None:
    """The most addresses in a row that lie at one distance, throughout; None where that is one."""
    for count in range(flat.size, 1, -1):
        if flat.size % count == 0:
            distance = _distance(flat.reshape(-1, count))
            if distance is not None:
                return count, distance
    return None


def _distance(rows: Addresses) -> int | None:
    """The distance of all neighbours in each row; rows of nothing but -1 have any."""
    read = rows[:, 0] >= 0
    first = rows[np.argmax(read)] if read.any() else np.zeros(2, np.int64)
    distance = int(first[1] - first[0])
    wanted = np.where(read[:, None], rows[:, :1] + distance * np.arange(rows.shape[1]), -1)
    return distance if np.array_equal(rows, wanted) else None


def _check(flat: Addresses, inside: int) -> None:
    if flat.size and not -1 <= int(flat.min()) <= int(flat.max()) < inside:
        raise ValueError(f"expected addresses from -1 to {inside - 1} in a map, got {flat.min()} to {flat.max()}")
