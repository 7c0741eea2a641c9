"""Points that were tried: what was measured at each, whether it holds to the bounds, and which ones no other beats."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spikewright import Table
from spikewright.dominance import Costs, front
from spikewright.experiments.exploring.section import BoundPart, SearchPart
from spikewright.experiments.exploring.space import Point

POINTS = "points"
"""The table of the points of a search."""


@dataclass(frozen=True)
class Measured:
    """A number and the interval that it lies in; None where it was counted."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Tried:
    """One point.

    network: the end of its chain, by the name that it has in the store's tables.
    measured: by the names of the search's measures; empty where there is no result.
    why: the sentence of what has no result. final: whether that will not change, such as for bad input.
    """

    point: Point
    network: str = ""
    measured: Mapping[str, Measured] = field(default_factory=dict)
    why: str = ""
    final: bool = True

    def costs(self, search: SearchPart) -> Costs:
        """The objectives as numbers that should be small."""
        signs = {name: -1.0 if part.best == "max" else 1.0 for name, part in search.objectives.items()}
        return tuple(sign * self.measured[name].value for name, sign in signs.items())

    def violations(self, search: SearchPart) -> dict[str, float]:
        """How far each constraint is from being met, as a share of its bound; 0 or less where it is."""
        return {name: _beyond(self.measured[name].value, part) for name, part in search.constraints.items()}

    def feasible(self, search: SearchPart) -> bool:
        """Whether it has a result that meets all constraints."""
        return bool(self.measured) and all(value <= 0 for value in self.violations(search).values())


def _beyond(value: float, part: BoundPart) -> float:
    sides = [(part.least, -1.0), (part.most, 1.0)]
    return max(sign * (value - bound) / (abs(bound) or 1.0) for bound, sign in sides if bound is not None)


def front_of(tried: Sequence[Tried], search: SearchPart) -> list[int]:
    """The places of the feasible points that no other feasible point dominates, by their first objective, best first."""
    feasible = [place for place, each in enumerate(tried) if each.feasible(search)]
    return [feasible[place] for place in front([tried[place].costs(search) for place in feasible])]


def rows_of_points(tried: Sequence[Tried], search: SearchPart) -> list[dict[str, Any]]:
    """One row for each point: its number, whether it is feasible and on the front, settings, measures, or why it has none."""
    best = set(front_of(tried, search))
    settings = dict.fromkeys(place for each in tried for place in each.point)
    return [
        {"point": number, "network": each.network, "feasible": each.feasible(search), "front": number in best,
         **{column(place): each.point.get(place) for place in settings}, **_columns(each, search), "why": each.why}
        for number, each in enumerate(tried)
    ]  # fmt: skip


def column(name: str) -> str:
    """The name of a measure or a setting as a column that SQL takes without quotes."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _columns(tried: Tried, search: SearchPart) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name in search.measures:
        one = tried.measured.get(name)
        found[column(name)] = None if one is None else one.value
        if one is not None and one.low is not None:
            found |= {f"{column(name)}_low": one.low, f"{column(name)}_high": one.high}
    return found


def front_table(points: Table, search: SearchPart) -> Table:
    """The rows of a table of points that no other point beats, by their first objective, best first."""
    name, part = next(iter(search.objectives.items()))
    rows = sorted(points.where(front=True), key=lambda row: row[column(name)], reverse=part.best == "max")
    return Table(points.columns, tuple(tuple(row.values()) for row in rows))


def shortage(points: Table, search: SearchPart) -> str:
    """Why a table of points has no front, with the bound that the nearest point would meet; "" where there is one."""
    rows = list(points)
    if any(row["feasible"] for row in rows):
        return ""
    names = [column(name) for name in search.constraints]
    bounds = dict(zip(names, search.constraints.values(), strict=True))
    measured = [row for row in rows if names and row[names[0]] is not None]
    if not measured:
        told = f", the first because: {rows[0]['why']}" if rows else ""
        return f"expected a point with a result, got none of {len(rows):,}{told}"
    beyond = [{name: _beyond(row[name], bounds[name]) for name in names} for row in measured]
    place = min(range(len(measured)), key=lambda each: sum(max(0.0, value) for value in beyond[each].values()))
    worst = max(names, key=lambda name: beyond[place][name])
    return (
        f"expected a point that meets all constraints, got none of {len(rows):,}; the nearest has {worst} "
        f"{measured[place][worst]:.6g}; try that as its bound, or a larger space"
    )
