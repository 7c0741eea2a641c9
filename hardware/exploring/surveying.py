"""What is kept of a whole space of designs: the front, the best of each column, and how many there were."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.exploring.design_space import Columns, DesignSpace
from spikewright.hardware.exploring.goals import UPWARDS, Goals, cost
from spikewright.hardware.exploring.undominated import front_of

CHUNK = 1 << 16
"""Designs that are costed at a time, so that their columns stay within a few megabytes."""


@dataclass(frozen=True, eq=False)
class Survey:
    """Of `points` designs `fitting` fit the device, and of these `feasible` keep all bounds. Among the feasible, `front`: the
    numbers of those that no other beats in the objectives, of equals the first; `best`: by column the number of the best one.
    `nearest`: by bounded column the best value of a design that fits."""

    points: int
    fitting: int
    feasible: int
    front: NDArray[np.int64]
    best: dict[str, int]
    nearest: dict[str, float]

    @classmethod
    def of_rows(cls, points: int, fitting: int, feasible: int, fits: Mapping[str, Sequence[float]]) -> "Survey":
        """The counts alone, where every design has its row; `fits`: by bounded column the values of those that fit."""
        best = {name: min(values, key=lambda each: cost(name, each)) for name, values in fits.items() if values}
        return cls(points, fitting, feasible, np.zeros(0, np.int64), {}, best)


def survey(space: DesignSpace, goals: Goals) -> Survey:
    """Go through all designs of a space. Raises InvalidInput for columns that it does not have."""
    goals.check(name for name in space.columns(np.arange(1)) if name != "fits")
    kept = _Kept(goals)
    fitting = feasible = 0
    for numbers in _chunks(len(space)):
        columns = space.columns(numbers)
        fits = columns.pop("fits")
        allowed = fits & within(columns, goals)
        fitting, feasible = fitting + int(fits.sum()), feasible + int(allowed.sum())
        kept.look(numbers, columns, fits, allowed)
    best = {column: number for column, (_, number) in kept.best.items()}
    return Survey(len(space), fitting, feasible, kept.front, best, kept.nearest)


def within(columns: Columns, goals: Goals) -> Any:
    """Which designs keep all bounds."""
    allowed: Any = True
    for column, bound in goals.bounds.items():
        allowed = allowed & (columns[column] >= bound if column == UPWARDS else columns[column] <= bound)
    return allowed


def _chunks(points: int) -> Iterator[NDArray[np.int64]]:
    for first in range(0, points, CHUNK):
        yield np.arange(first, min(first + CHUNK, points))


class _Kept:
    """The front and the best so far."""

    def __init__(self, goals: Goals) -> None:
        self.goals = goals
        self.front: NDArray[np.int64] = np.zeros(0, np.int64)
        self.costs: NDArray[np.float64] = np.zeros((0, len(goals.objectives)))
        self.best: dict[str, tuple[float, int]] = {}
        self.nearest: dict[str, float] = {}

    def look(self, numbers: NDArray[np.int64], columns: Columns, fits: Any, allowed: Any) -> None:
        """Take the designs of a chunk in."""
        for name in self.goals.bounds:
            if fits.any():
                found = columns[name][fits]
                one = found.max() if name == UPWARDS else found.min()
                self.nearest[name] = min(self.nearest.get(name, one), one, key=lambda value: cost(name, value))
        if not allowed.any():
            return
        numbers = numbers[allowed]
        columns = {name: cost(name, values[allowed]) for name, values in columns.items()}
        for name, values in columns.items():
            place = int(values.argmin())
            self.best[name] = min(self.best.get(name, (np.inf, -1)), (float(values[place]), int(numbers[place])))
        costs = np.stack([columns[name] for name in self.goals.objectives], axis=1)
        costs, numbers = np.concatenate([self.costs, costs]), np.concatenate([self.front, numbers])
        found = front_of(costs)
        self.costs, self.front = costs[found], numbers[found]
