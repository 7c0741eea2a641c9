"""Where the next points come from: optuna's samplers, chance, or one after the other. Same seed, same answers, same questions."""

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from spikewright.experiments.exploring.points import Tried
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.exploring.space import Point, Space
from spikewright.optional import require

SMALLEST_POPULATION = 8
NO_RESULT = 1e6
"""How far a point is from being met that was refused: farther than any other."""


class Asking(ABC):
    """Proposes points, and is told what they are worth. A point may be proposed again."""

    @abstractmethod
    def ask(self) -> tuple[Any, Point]:
        """A point, and what to name it by when its worth is told."""

    def tell(self, trial: Any, tried: Tried) -> None:  # noqa: B027
        """What a proposed point is worth."""

    def ask_for(self, point: Point) -> Any:
        """What to name a point by that was not proposed."""
        return None


class RandomAsking(Asking):
    """Every choice for itself, evenly."""

    def __init__(self, space: Space, seed: int) -> None:
        self.space, self.random = space, random.Random(seed)

    def ask(self) -> tuple[Any, Point]:
        """Any point."""
        chosen = {place: self.random.choice(values) for place, values in self.space.dimensions.items()}
        return None, self.space.point(chosen)


class OptunaAsking(Asking):
    """A sampler of optuna over the places of values; numbers are in order, all else is not."""

    def __init__(self, space: Space, search: SearchPart) -> None:
        optuna = require("optuna")
        self.space, self.search = space, search
        self.values = {place: _ordered(values) for place, values in space.dimensions.items()}
        self.distributions = {place: _distribution(optuna, values) for place, values in self.values.items()}
        with _quiet(optuna):
            directions = [f"{part.best}imize" for part in search.objectives.values()]
            self.study = optuna.create_study(directions=directions, sampler=_sampler(optuna, search))
        self.failed = optuna.trial.TrialState.FAIL

    def ask(self) -> tuple[Any, Point]:
        """The sampler's next proposal."""
        trial = self.study.ask(self.distributions)
        return trial, self.space.point({place: self.values[place][number] for place, number in trial.params.items()})

    def ask_for(self, point: Point) -> Any:
        """A trial of this point; what means nothing for it has the first value."""
        numbers = {place: values.index(point[place]) if place in point else 0 for place, values in self.values.items()}
        self.study.enqueue_trial(numbers)
        return self.study.ask(self.distributions)

    def tell(self, trial: Any, tried: Tried) -> None:
        """Objectives and constraints; what was refused is far from being met, what failed tells nothing."""
        if not tried.measured and not tried.final:
            self.study.tell(trial, state=self.failed)
            return
        violations = tried.violations(self.search) if tried.measured else dict.fromkeys(self.search.constraints, 0.0)
        for name, value in {"result": 0.0 if tried.measured else NO_RESULT, **violations}.items():
            trial.set_constraint(name, value)
        objectives = self.search.objectives
        self.study.tell(trial, [tried.measured[name].value if tried.measured else 0.0 for name in objectives])


def asking_of(space: Space, search: SearchPart) -> Asking:
    """The sampler of a search. Raises MissingTool, with what to install, where optuna is needed and not there."""
    return RandomAsking(space, search.seed) if search.sampler == "random" else OptunaAsking(space, search)


def _sampler(optuna: Any, search: SearchPart) -> Any:
    if search.sampler == "tpe":
        return optuna.samplers.TPESampler(seed=search.seed)
    return optuna.samplers.NSGAIISampler(population_size=max(SMALLEST_POPULATION, search.batch), seed=search.seed)


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Without optuna's word that a study was made."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ordered(values: tuple[Any, ...]) -> list[Any]:
    return sorted(values) if all(map(_is_number, values)) else list(values)


def _distribution(optuna: Any, values: list[Any]) -> Any:
    if all(map(_is_number, values)):
        return optuna.distributions.IntDistribution(0, len(values) - 1)
    return optuna.distributions.CategoricalDistribution(range(len(values)))
