"""Ask and tell: batches of different points, until there are enough of them or none is left."""

from collections.abc import Generator, Sequence
from itertools import islice
from random import Random
from typing import Any

from spikewright.experiments.exploring.points import Tried
from spikewright.experiments.exploring.sampling import Asking, asking_of
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.exploring.space import Point, Space, key_of

Batches = Generator[list[Point], Sequence[Tried], None]
"""Yields points that were not tried yet, and is sent what became of them, in their order."""
PATIENCE = 20
"""Proposals for each point of a batch before chance fills it: samplers like what they know."""


def batches(space: Space, search: SearchPart) -> Batches:
    """The points of a search, a batch at a time. What comes next follows from the file and what was told, and nothing else.

    Every point where as many are allowed as there are, or the sampler is "all", one after the other. Raises MissingTool where
    the sampler needs optuna and it is not there.
    """
    if takes_all(space, search):
        rest = islice(space.points(), search.points)
        while batch := list(islice(rest, search.batch)):
            yield batch
    else:
        yield from _Proposing(space, search).batches()


def takes_all(space: Space, search: SearchPart) -> bool:
    """Whether points are tried one after the other, without a sampler."""
    return search.sampler == "all" or search.points >= space.size


class _Proposing:
    """A sampler whose points are each tried once."""

    def __init__(self, space: Space, search: SearchPart) -> None:
        self.space, self.search = space, search
        self.asking: Asking = asking_of(space, search)
        self.chance = Random(search.seed)
        self.known: dict[Any, Tried] = {}
        self.open: dict[Any, list[Any]] = {}

    def batches(self) -> Batches:
        left = self.search.points
        while left:
            batch = self._batch(min(left, self.search.batch))
            for point, tried in zip(batch, (yield batch), strict=True):
                self.known[key_of(point)] = tried
            for key, trials in self.open.items():
                for trial in trials:
                    self.asking.tell(trial, self.known[key])
            left -= len(batch)

    def _batch(self, count: int) -> list[Point]:
        """So many new points; the worth of one that is proposed again is told at once."""
        self.open.clear()
        batch: list[Point] = []
        for _ in range(PATIENCE * count):
            trial, point = self.asking.ask()
            if key_of(point) in self.known:
                self.asking.tell(trial, self.known[key_of(point)])
            else:
                batch += [] if key_of(point) in self.open else [point]
                self.open.setdefault(key_of(point), []).append(trial)
            if len(batch) == count:
                return batch
        while len(batch) < count:
            point = self._new()
            self.open[key_of(point)] = [self.asking.ask_for(point)]
            batch.append(point)
        return batch

    def _new(self) -> Point:
        """Any point that is neither known nor in the batch; there is one, since fewer are asked for than there are."""
        while True:
            chosen = {place: self.chance.choice(values) for place, values in self.space.dimensions.items()}
            point = self.space.point(chosen)
            if key_of(point) not in self.known and key_of(point) not in self.open:
                return point
