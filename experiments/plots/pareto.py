"""Energy against area of every design point, the points that no other beats, and the one that became a core."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput, Table
from spikewright.experiments.plots.style import ANN_COLOUR, INK, SNN_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CORNERS = ("fully_parallel", "time_multiplexed", "hybrid")


@dataclass(frozen=True)
class Point:
    """A design point: `area` in LUT, `energy` in microjoule per inference."""

    area: float
    energy: float
    architecture: str
    fits: bool
    chosen: bool


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
    front: list[Point] = []
    for point in sorted((p for p in points if p.fits), key=lambda p: (p.area, p.energy)):
        if not front or point.energy < front[-1].energy:
            front.append(point)
    return tuple(front)


def _point(row: dict[str, Any]) -> Point:
    return Point(row["lut"], row["fpga_energy_uj"], row["architecture"], bool(row["fits"]), bool(row.get("chosen")))


_OFFSETS = {"fully_parallel": (8, "left"), "time_multiplexed": (-8, "right"), "hybrid": (-8, "right")}
_ROOM = 0.38
"""Free space at both ends of the area axis, as a share of the points' span: the names of the corners stand there."""


def draw_pareto(ax: "Axes", fronts: tuple[Front, ...], capacity: float | None = None) -> "Axes":
    """Log axes; beaten points faint, points that do not fit hollow, fronts as steps, the core as a star. Returns `ax`."""
    for front in fronts:
        snn = front.kind == "SNN"
        colour = SNN_COLOUR if snn else ANN_COLOUR
        _scatter(ax, [p for p in front.points if p.fits], color=colour, alpha=0.16, linewidths=0)
        _scatter(
            ax,
            [p for p in front.points if not p.fits],
            facecolors="none",
            edgecolors=colour,
            alpha=0.22,
            linewidths=0.6,
        )
        line: dict[str, Any] = {
            "color": colour,
            "linestyle": "--" if snn else "-",
            "marker": "o" if snn else "s",
            "markersize": 3.5,
        }
        areas, energies = [p.area for p in front.front], [p.energy for p in front.front]
        ax.plot(areas, energies, drawstyle="steps-post", label=f"{front.network} ({front.kind}), front", **line)
        _corners(ax, front, colour, named=front is fronts[0])
    for point in (p for front in fronts for p in front.points if p.chosen):
        ax.plot(
            point.area, point.energy, "*", markersize=15, color="#F0C000", markeredgecolor=INK, label="exported core"
        )
    if capacity is not None:
        ax.axvline(capacity, color=INK, linewidth=0.9, linestyle=(0, (1, 2)), label="LUTs of the device")
    areas = [p.area for front in fronts for p in front.points]
    ax.set(xscale="log", yscale="log", xlabel="area (LUT)", ylabel="FPGA energy (µJ per inference)")
    room = max(2.0, (max(areas) / min(areas)) ** _ROOM)
    ax.set_xlim(min(areas) / room, max(areas) * room)
    ax.annotate("better", (0.03, 0.03), (0.13, 0.12), xycoords="axes fraction", color=INK, fontsize=8.5,
                arrowprops={"arrowstyle": "->", "color": INK})  # fmt: skip
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


def _scatter(ax: "Axes", points: list[Point], **options: Any) -> None:
    ax.scatter([p.area for p in points], [p.energy for p in points], s=13, **options)


def _corners(ax: "Axes", front: Front, colour: str, *, named: bool) -> None:
    """The three named architectures, with their names once."""
    for point in front.points:
        if point.architecture in CORNERS:
            face = colour if point.fits else "white"
            ax.plot(point.area, point.energy, "D", markersize=6, markerfacecolor=face, markeredgecolor=colour)
            if named:
                right, align = _OFFSETS[point.architecture]
                text, place = point.architecture.replace("_", " "), (point.area, point.energy)
                ax.annotate(text, place, (right, 0), textcoords="offset points", ha=align, va="center", fontsize=8.5)
