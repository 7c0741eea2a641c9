"""Energy against area of every design point, the points that no other beats, and the one that became a core."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput, Table
from spikewright.dominance import front as front_of_costs
from spikewright.experiments.plots.labels import EndLabel, label_ends
from spikewright.experiments.plots.style import INK, Look, halo, looks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CORNERS = ("fully_parallel", "time_multiplexed", "hybrid")


@dataclass(frozen=True)
class Point:
    """A design point: `area` in LUT, `energy` in microjoule per inference; `areas` and `energies`: their low and high bounds."""

    area: float
    energy: float
    architecture: str
    fits: bool
    chosen: bool
    areas: tuple[float, float] | None = None
    energies: tuple[float, float] | None = None


@dataclass(frozen=True)
class Front:
    """All points of one network, and among those that fit the ones that none beats, by rising area."""

    network: str
    kind: str
    points: tuple[Point, ...]
    front: tuple[Point, ...]


def pareto_fronts(table: Table, kinds: dict[str, str]) -> tuple[Front, ...]:
    """One front for each network of `explore`'s table. A point is beaten by another that is no worse in area and energy
    and better in one. Raises InvalidInput for a table without points."""
    if not len(table):
        raise InvalidInput("expected at least one design point, got none; try `explore` first")
    fronts = []
    for network in dict.fromkeys(table["network"]):
        points = tuple(_point(row) for row in table.where(network=network))
        fronts.append(Front(network, kinds.get(network, "SNN"), points, best_of(points)))
    return tuple(fronts)


def best_of(points: Sequence[Point]) -> tuple[Point, ...]:
    """The fitting points that no other fitting point beats; one of equals."""
    fitting = {(point.area, point.energy): point for point in reversed(points) if point.fits}
    made = list(fitting.values())
    return tuple(made[place] for place in front_of_costs(list(fitting)))


def _point(row: dict[str, Any]) -> Point:
    areas, energies = (_bounds(row, name) for name in ("lut", "fpga_energy_uj"))
    kind, fits, chosen = row["architecture"], bool(row["fits"]), bool(row.get("chosen"))
    return Point(row["lut"], row["fpga_energy_uj"], kind, fits, chosen, areas, energies)


def _bounds(row: dict[str, Any], name: str) -> tuple[float, float] | None:
    low, high = (row.get(f"{name}_{end}") for end in ("low", "high"))
    return None if low is None or high is None else (float(low), float(high))


_OFFSETS = {"fully_parallel": (0, 9, "center"), "time_multiplexed": (8, 6, "left"), "hybrid": (-8, 3, "right")}
"""Where the name of a corner stands beside it, in points, and which end of it."""
_BARS = 8
"""Designs of a front whose bounds are drawn, about."""
_ROOM = 1.6
"""Free space at both ends of the area axis, as a factor."""


def draw_pareto(
    ax: "Axes", fronts: tuple[Front, ...], capacity: float | None = None, chosen: str = "exported core"
) -> "Axes":
    """Log axes; beaten points faint, points that do not fit hollow, fronts as steps with their names at the end and the bounds of
    some of their estimates, the chosen point as a star with those of its own, called `chosen`. Returns `ax`."""
    look = looks({front.network: front.kind for front in fronts})
    for front in fronts:
        _draw_front(ax, front, look[front.network], named=front is fronts[0])
    for point in (p for front in fronts for p in front.points if p.chosen):
        _draw_core(ax, point, chosen)
    ax.set(xscale="log", yscale="log", xlabel="area (LUT)", ylabel="FPGA energy (µJ per inference)")
    ax.set_xlim(*_limits(fronts))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axis.set_minor_formatter(lambda value, _: "")
    if capacity is not None:
        _draw_capacity(ax, capacity)
    ends = [EndLabel(f.front[-1].area, f.front[-1].energy, f.network, look[f.network].colour)
            for f in fronts if f.front]  # fmt: skip
    label_ends(ax, ends)
    return ax


def _limits(fronts: Sequence[Front]) -> tuple[float, float]:
    """Of the area axis: all points, and the bounds of the core."""
    areas = [point.area for front in fronts for point in front.points]
    bounds = [end for front in fronts for point in front.points if point.chosen for end in point.areas or ()]
    return max(min(areas + bounds), 1) / _ROOM, max(areas + bounds) * _ROOM


def _draw_front(ax: "Axes", front: Front, look: Look, *, named: bool) -> None:
    _scatter(ax, [p for p in front.points if p.fits], color=look.colour, alpha=0.16, linewidths=0)
    beyond = [p for p in front.points if not p.fits]
    _scatter(ax, beyond, facecolors="none", edgecolors=look.colour, alpha=0.25, linewidths=0.6)
    areas, energies = [p.area for p in front.front], [p.energy for p in front.front]
    ax.plot(
        areas,
        energies,
        drawstyle="steps-post",
        label=f"{front.network} ({front.kind}), front",
        **{**look.options, "markersize": 3},
    )
    for point in front.front[:: max(1, len(front.front) // _BARS)]:
        if not point.chosen:
            _draw_bounds(ax, point, ecolor=look.colour, elinewidth=0.6, alpha=0.35)
    for point in front.points:
        if point.architecture in CORNERS:
            _draw_corner(ax, point, look.colour, named=named)


def _draw_corner(ax: "Axes", point: Point, colour: Any, *, named: bool) -> None:
    """One of the three named architectures; its name once in a figure."""
    face = colour if point.fits else "white"
    ax.plot(point.area, point.energy, "D", markersize=6, markerfacecolor=face, markeredgecolor=colour)
    if named:
        right, up, align = _OFFSETS[point.architecture]
        name = point.architecture.replace("_", " ")
        ax.annotate(name, (point.area, point.energy), (right, up), textcoords="offset points", ha=align, fontsize=8.5,
                    path_effects=halo())  # fmt: skip


def _draw_core(ax: "Axes", point: Point, name: str) -> None:
    """A star, its bounds, and its name."""
    _draw_bounds(ax, point, ecolor=INK, elinewidth=0.8, capsize=3)
    ax.plot(
        point.area,
        point.energy,
        "*",
        markersize=14,
        color="#F0C000",
        markeredgecolor=INK,
        label=name,
        zorder=5,
    )
    ax.annotate(name, (point.area, point.energy), (-9, -18), textcoords="offset points", ha="right", va="top",
                fontsize=8.5, fontweight="bold", color=INK, path_effects=halo())  # fmt: skip


def _draw_bounds(ax: "Axes", point: Point, **options: Any) -> None:
    """The bounds of both estimates, where they are known."""
    if point.areas is not None and point.energies is not None:
        sides = [
            [[v - low], [high - v]] for v, (low, high) in ((point.area, point.areas), (point.energy, point.energies))
        ]
        ax.errorbar(point.area, point.energy, sides[1], sides[0], fmt="none", **options)


def _draw_capacity(ax: "Axes", capacity: float) -> None:
    ax.axvline(capacity, color=INK, linewidth=0.9, linestyle=(0, (1, 2)), label="LUTs of the device")
    ax.text(
        capacity, 1.01, "LUTs of the device", transform=ax.get_xaxis_transform(), ha="right", fontsize=8.5, color=INK
    )


def _scatter(ax: "Axes", points: list[Point], **options: Any) -> None:
    ax.scatter([p.area for p in points], [p.energy for p in points], s=13, **options)
