"""The points that a search has asked for, as its store keeps them, and what stands at each: a study and its cells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from spikewright import InvalidFile, InvalidInput, Kind
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.exploring.space import Point, Space
from spikewright.experiments.records.reading import read_json
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.spec import Study
from spikewright.kinds import json_with

ASKED = "search.json"
ASKED_FILE = Kind("the points of a search", json_with("points"))


@dataclass(frozen=True)
class AtPoint:
    """A point with the study that it is, what its model and networks are called there, and its cells; or `why` it is none."""

    point: Point
    seeds: tuple[int, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    why: str = ""

    @classmethod
    def of(cls, space: Space, point: Point) -> "AtPoint":
        """What stands at a point."""
        try:
            study = space.study_at(point)
            return cls(point, study.seeds, space.names_at(point, study), expand(study))
        except InvalidInput as error:
            return cls(point, why=str(error))

    @property
    def network(self) -> str:
        """The end of its chain."""
        return next(iter(self.names.values()), "")


def search_of(study: Study) -> SearchPart:
    """The section of a study. Raises InvalidInput where it has none."""
    if study.search is None:
        raise InvalidInput(
            "expected a study with a section search, got none; try search: {objectives: {accuracy: max}}"
        )
    return study.search


def asked_in(store: Store) -> list[Point]:
    """The points that a search in this store has asked for so far."""
    try:
        return list(read_json(store.folder / ASKED)["points"])
    except (InvalidFile, KeyError, TypeError):
        return []


def cells_asked(study: Study, store: Store) -> Iterator[Cell]:
    """The cells of all points that a search in this store has asked for, each once."""
    space, seen = Space(study), set[str]()
    for point in asked_in(store):
        for cell in AtPoint.of(space, point).cells:
            if cell.key not in seen:
                seen.add(cell.key)
                yield cell
