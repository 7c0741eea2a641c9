"""Which networks of a search a report is about: some of its front, from one end to the other."""

from dataclasses import dataclass
from typing import Any

from spikewright import Table
from spikewright.experiments.exploring.asked_points import asked_in
from spikewright.experiments.exploring.points import front_table
from spikewright.experiments.exploring.space import ANN, Space
from spikewright.experiments.records.store import Store
from spikewright.experiments.studies.spec import Study

MOST_SHOWN = 6
"""More than these cannot be told apart in a figure."""


@dataclass(frozen=True)
class Shown:
    """A study with the parts that a report is about, and the names of its models and networks; None: all that there are."""

    study: Study
    networks: frozenset[str] | None = None


def shown_of(study: Study, store: Store, points: Table | None) -> Shown:
    """Of a search, at most six points of its front; of another study, all of it."""
    if study.search is None:
        return Shown(study)
    space, asked = Space(study), asked_in(store)
    numbers = [] if points is None or not len(points) else front_table(points, study.search)["point"]
    chosen = [space.study_at(asked[number]) for number in spread(numbers, MOST_SHOWN)]
    parts: dict[str, dict[str, Any]] = {
        section: {part.name: part for each in chosen for part in getattr(each, section)}
        for section in ("compressions", "conversions")
    }
    made = study.model_copy(update={section: tuple(found.values()) for section, found in parts.items()})
    return Shown(made, frozenset({ANN, *parts["compressions"], *parts["conversions"]}))


def spread(numbers: list[int], most: int) -> list[int]:
    """At most so many of a list, evenly, the ends among them."""
    if len(numbers) <= most:
        return numbers
    return [numbers[round(place * (len(numbers) - 1) / (most - 1))] for place in range(most)]


def only_of(table: Table, networks: frozenset[str] | None) -> Table:
    """The rows that are about these models and networks, or about none."""
    subject = next((each for each in ("network", "model") if each in table.columns), None)
    if networks is None or subject is None:
        return table
    place = table.columns.index(subject)
    return Table(table.columns, tuple(row for row in table.rows if row[place] in networks))


def told(study: Study, points: Table) -> str:
    """How much of the space of a search was tried, and with what success, for people."""
    feasible, front = sum(points["feasible"]), sum(points["front"])
    return f"{len(points):,} of {Space(study).size:,} points tried, {feasible:,} feasible, {front:,} on the front"
