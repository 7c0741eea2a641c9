"""A study as a graph of cells: each stage is asked, in the order of their table, which cells the study wants of it."""

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from spikewright import InvalidInput
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.studies.parts import StagePart
from spikewright.experiments.studies.spec import Study
from spikewright.importing import is_place


@dataclass(frozen=True)
class Expansion:
    """What a stage is told when it is asked for its cells.

    kind: the name of the stage that is asked.
    made: the cell behind each model and network that was asked for so far, by the name that the study gives it.
    codes: the hash of each module of the user's own that was met so far, by what is named in it.
    """

    kind: str
    study: Study
    seed: int
    made: dict[str, Cell] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> dict[str, str]:
        """Where the data set lies on this machine."""
        folder = self.study.dataset.folder
        return {} if folder is None else {"data": str(folder.resolve())}

    def cell(self, name: str, settings: Mapping[str, Any], needs: Mapping[str, Cell], **params: Any) -> Cell:
        """A cell of this stage, over the study's data set; `params` are what it means beside its settings."""
        told = {
            "dataset": self.study.dataset.model_dump(mode="json", exclude={"folder"}),
            "settings": dict(settings),
            **params,
        }
        if needs and self.study.model.factory is not None:
            told["factory"] = self.study.model.factory
        places = (self.kind, self.study.dataset.name, *_places(settings))
        code = {place: self._code(place) for place in places if is_place(place)}
        version = (
            STAGES[self.kind].version if self.kind in STAGES else 1
        )  # a user's own is not imported: its code is hashed
        return Cell(
            self.kind, name, self.seed, {**told, **({"code": code} if code else {})}, needs, self.place, version
        )

    def _code(self, place: str) -> str:
        """What `code_of` says; a module is read once for all cells of a study."""
        if place not in self.codes:
            self.codes[place] = code_of(place)
        return self.codes[place]

    def harmed(self, subjects: tuple[str, ...] | None) -> tuple[str, ...]:
        """The models and networks to look at: `subjects`, or the ANN and all spiking networks."""
        spiking = (part.name for part in self.study.conversions if part.recipe != "quantized")
        return subjects or ("ann", *spiking)


def expand(study: Study) -> tuple[Cell, ...]:
    """All cells of a study, each after those that it needs."""
    codes: dict[str, str] = {}
    return tuple(cell for seed in study.seeds for cell in _of_seed(study, seed, codes))


def _of_seed(study: Study, seed: int, codes: dict[str, str]) -> Iterator[Cell]:
    made: dict[str, Cell] = {}
    for kind, stage in STAGES.items():
        yield from stage.asked(Expansion(kind, study, seed, made, codes))
    for part in study.stages:
        yield from _named(part, Expansion(part.stage, study, seed, made, codes))


def _named(part: StagePart, plan: Expansion) -> Iterator[Cell]:
    """The cells of a stage that has no section of its own: one for each subject."""
    for subject in plan.harmed(part.subjects):
        name = f"{part.name}-{subject}" if part.name else subject
        yield plan.cell(name, part.meaning["options"], {"subject": plan.made[subject]}, subject=subject)


def _places(settings: Any) -> Iterator[str]:
    """All texts in settings that name an object in a module."""
    if isinstance(settings, str):
        module, _, name = settings.partition(":")
        if name.isidentifier() and all(part.isidentifier() for part in module.split(".")):
            yield settings
    elif isinstance(settings, Mapping | tuple | list):
        for value in settings.values() if isinstance(settings, Mapping) else settings:
            yield from _places(value)


def code_of(place: str) -> str:
    """A hash of the module that holds a user's own "package.module:object", which is not run for it; "missing" without one."""
    *packages, name = place.partition(":")[0].split(".")
    path: Any = [str(Path.cwd()), *sys.path]
    for package in packages:
        spec = PathFinder.find_spec(package, path)
        path = None if spec is None else spec.submodule_search_locations
    spec = None if path is None else PathFinder.find_spec(name, path)
    return "missing" if spec is None or spec.origin is None else file_hash(spec.origin)[:16]


def file_hash(path: str) -> str:
    """The SHA-256 of a file in hex. Raises InvalidInput where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInput(f"expected a file at {path}, got: {error.strerror}; try another path") from error
