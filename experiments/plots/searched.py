"""The points of a search by its first two objectives, and those that no other beats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikewright import Table
from spikewright.experiments.exploring.points import column
from spikewright.experiments.exploring.section import SearchPart
from spikewright.experiments.plots.style import FAINT, INK, SNN_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOG_FROM = 20
"""An axis is logarithmic where the largest number, ends of intervals among them, is so many times the smallest."""
Ends = tuple[float, float]


@dataclass(frozen=True)
class SearchPoint:
    """A point: `x` and `y` are the first and the second objective, `xs` and `ys` the ends of their intervals."""

    x: float
    y: float
    xs: Ends
    ys: Ends
    feasible: bool
    front: bool


@dataclass(frozen=True)
class SearchCloud:
    """All points with a result; `labels` say what the axes are. tried: with those that have none."""

    labels: tuple[str, str]
    points: tuple[SearchPoint, ...]
    tried: int

    @property
    def front(self) -> tuple[SearchPoint, ...]:
        """Those that no other beats, by `x`; with three objectives or more they may lie inside the cloud."""
        return tuple(sorted((point for point in self.points if point.front), key=lambda point: (point.x, point.y)))


def search_cloud(table: Table, search: SearchPart) -> SearchCloud | None:
    """The points of a search; None where it has one objective only, or no point has a result."""
    names = list(search.objectives)[:2]
    if len(names) < 2:
        return None
    first, second = map(column, names)
    found = tuple(_point(row, first, second) for row in table if row.get(first) is not None)
    labels = [
        f"{name.replace('_', ' ')} ({'more' if search.objectives[name].best == 'max' else 'less'} is better)"
        for name in names
    ]
    return SearchCloud((labels[0], labels[1]), found, len(table)) if found else None


def _point(row: Mapping[str, Any], first: str, second: str) -> SearchPoint:
    ends = [
        (row[name] if row.get(f"{name}_low") is None else row[f"{name}_low"],
         row[name] if row.get(f"{name}_high") is None else row[f"{name}_high"])
        for name in (first, second)
    ]  # fmt: skip
    return SearchPoint(row[first], row[second], ends[0], ends[1], row["feasible"], row["front"])


def draw_search(ax: "Axes", cloud: SearchCloud) -> "Axes":
    """Points that are beaten faint, those that miss a constraint hollow, the front with the intervals of its points."""
    beaten = [point for point in cloud.points if point.feasible and not point.front]
    outside = [point for point in cloud.points if not point.feasible]
    if beaten:
        ax.scatter([p.x for p in beaten], [p.y for p in beaten], s=16, color=FAINT, label="beaten")
    if outside:
        places = [p.x for p in outside], [p.y for p in outside]
        ax.scatter(*places, s=16, facecolors="none", edgecolors=FAINT, label="misses a constraint")
    front = cloud.front
    if front:
        x, y = [p.x for p in front], [p.y for p in front]
        xs, ys = _sides(x, [p.xs for p in front]), _sides(y, [p.ys for p in front])
        ax.errorbar(x, y, ys, xs, fmt="none", ecolor=SNN_COLOUR, elinewidth=0.8, alpha=0.35, zorder=2)
        ax.scatter(x, y, s=26, color=SNN_COLOUR, label="on the front", zorder=3)
    ax.set(xlabel=cloud.labels[0], ylabel=cloud.labels[1])
    for axis, scale, values in (
        (ax.xaxis, ax.set_xscale, [*(p.x for p in cloud.points), *(end for p in front for end in p.xs)]),
        (ax.yaxis, ax.set_yscale, [*(p.y for p in cloud.points), *(end for p in front for end in p.ys)]),
    ):
        if min(values) > 0 and max(values) / min(values) > LOG_FROM:
            scale("log")
        axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.legend(labelcolor=INK)
    return ax


def _sides(values: list[float], ends: list[Ends]) -> list[list[float]]:
    return [
        [max(0.0, value - low) for value, (low, _) in zip(values, ends, strict=True)],
        [max(0.0, high - value) for value, (_, high) in zip(values, ends, strict=True)],
    ]
