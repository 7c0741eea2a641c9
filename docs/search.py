"""Searches held against every point of a space, for docs/search.md: how much of the front is known after so many points.

spikewright study docs/search.yaml --out runs/digits-front        # every point, once
python -m docs.search runs/digits-front
"""

import sys
from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any

from spikewright import Table
from spikewright.dominance import hypervolume
from spikewright.experiments.exploring.asked_points import asked_in, search_of
from spikewright.experiments.exploring.asking import batches
from spikewright.experiments.exploring.points import Measured, Tried, column, front_of
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.exploring.space import Space, key_of
from spikewright.experiments.studies.study import open_study

COUNTS = (10, 20, 30, 40, 60, 80)
SEEDS = range(20)
SAMPLERS = ("random", "nsga2", "tpe")


def known_points(folder: str) -> tuple[Space, SearchPart, dict[Any, Tried]]:
    """The space of a study in which every point was tried, its search, and what each point is worth."""
    result = open_study(folder)
    space, search = Space(result.study), search_of(result.study)
    asked, known = asked_in(result.store), {}
    for row in result.tables["points"]:
        point = asked[row["point"]]
        known[key_of(point)] = Tried(point, row["network"], _measured(row, search), row["why"] or "")
    return space, search, known


def _measured(row: Mapping[str, Any], search: SearchPart) -> dict[str, Measured]:
    values = {name: row[column(name)] for name in search.measures}
    return {} if None in values.values() else {name: Measured(value) for name, value in values.items()}


def asked_by(space: Space, search: SearchPart, known: Mapping[Any, Tried]) -> list[Tried]:
    """The points of a search in their order, whose worth is known already."""
    asking, tried = batches(space, search), list[Tried]()
    told = [known[key_of(point)] for point in next(asking)]
    while True:
        tried += told
        try:
            told = [known[key_of(point)] for point in asking.send(told)]
        except StopIteration:
            return tried


def shares(space: Space, search: SearchPart, known: Mapping[Any, Tried]) -> Iterator[dict[str, Any]]:
    """For each sampler and number of points: the share of the whole front's volume, and how much of the front was found."""
    every = list(known.values())
    feasible = [each for each in every if each.feasible(search)]
    costs = [each.costs(search) for each in feasible]
    worst = tuple(max(each) for each in zip(*costs, strict=True))
    whole = hypervolume(costs, worst)
    best = {key_of(every[place].point) for place in front_of(every, search)}
    for sampler in SAMPLERS:
        found = []
        for seed in SEEDS:
            told = search.model_copy(update={"sampler": sampler, "points": max(COUNTS), "batch": 10, "seed": seed})
            found.append(asked_by(space, told, known))
        for count in COUNTS:
            tried = [each[:count] for each in found]
            volumes = [
                hypervolume([one.costs(search) for one in each if one.feasible(search)], worst) / whole
                for each in tried
            ]
            hits = [len(best & {key_of(one.point) for one in each}) / len(best) for each in tried]
            yield {"sampler": sampler, "points": count, "volume_share": round(fmean(volumes), 4),
                   "lowest": round(min(volumes), 4), "front_found": round(fmean(hits), 3)}  # fmt: skip


def main() -> None:
    """Print the tables of the page."""
    space, whole, known = known_points(sys.argv[1])
    for count in range(len(whole.objectives), 1, -1):
        search = whole.model_copy(update={"objectives": dict(list(whole.objectives.items())[:count])})
        front = front_of(list(known.values()), search)
        told = f"{', '.join(search.objectives)}: {len(known):,} of {space.size:,} points, {len(front)} on the front"
        sys.stdout.write(f"{told}\n\n{Table.of(shares(space, search, known))}\n\n")


if __name__ == "__main__":
    main()
