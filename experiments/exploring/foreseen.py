"""What is known of a search before it runs: whether it can, and the cells of its first points."""

from dataclasses import dataclass
from itertools import islice

from spikewright.experiments.exploring.asked_points import AtPoint, asked_in, search_of
from spikewright.experiments.exploring.asking import batches, takes_all
from spikewright.experiments.exploring.columns import check_columns
from spikewright.experiments.exploring.space import Space
from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.studies.spec import Study
from spikewright.optional import require


def check_search(study: Study) -> None:
    """Raise InvalidInput or MissingTool, before anything runs, for a search that has no space, or no such columns or sampler."""
    space, part = Space(study), search_of(study)
    check_columns(study, part)
    if not takes_all(space, part) and part.sampler in ("nsga2", "tpe"):
        require("optuna")


@dataclass(frozen=True)
class Ahead:
    """What is known of a search before it runs: the `cells` of its first points, and how many `points` these and `more` are."""

    cells: tuple[Cell, ...]
    points: int
    more: int


def ahead(study: Study, store: Store | None) -> Ahead:
    """The points that were asked for in `store`, the first batch of a new search, or all where none depends on another.

    Raises what `check_search` raises.
    """
    check_search(study)
    space, part = Space(study), search_of(study)
    most = min(part.points, space.size)
    known = asked_in(store)[:most] if store is not None else []
    if takes_all(space, part):
        known = list(islice(space.points(), most))
    found = {cell.key: cell for point in known or next(batches(space, part)) for cell in AtPoint.of(space, point).cells}
    count = len(known) or min(part.batch, most)
    return Ahead(tuple(found.values()), count, most - count)
