"""The figures of docs/runs.md: time and memory against cells, and the memory of a study while it goes on."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.report import figure_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS = {"run": ("run", "#0072B2"), "again": ("second run", "#009E73"), "expand": ("expansion", "#D55E00"),
         "schedule": ("schedule", "#CC79A7")}  # fmt: skip
"""Of a growth row: what people call a part of it, and its colour."""


def growth_lines(rows: list[dict[str, Any]], unit: str) -> dict[str, list[tuple[float, float]]]:
    """Points (cells, value) of each part, in seconds ("s") or MB ("mb")."""
    return {name: [(row["cells"], row[f"{part}_{unit}"]) for row in rows] for part, (name, _) in PARTS.items()}


def draw(found: Mapping[str, Any], folder: Path) -> None:
    """Draw what was measured as PNG below `folder`."""
    if "growth" in found:
        one = found["growth"]
        panels = [lambda ax: _growth_panel(ax, one["rows"], "s"), lambda ax: _growth_panel(ax, one["rows"], "mb")]
        about = "Studies of empty cells in one process. Dotted: in proportion to the cells, through the largest run. "
        figure_of(panels, f"{about}{one['machine']}; commit {one['commit'][:7]}", folder / "runs-growth")
    if "memory" in found:
        one = found["memory"]
        about = "A study of 2,001 cells that each load a network and 30 images; resident memory of each process. "
        caption = f"{about}{one['machine']}; commit {one['commit'][:7]}"
        figure_of([lambda ax: _memory_panel(ax, one["rows"])], caption, folder / "runs-memory")


def _growth_panel(ax: "Axes", rows: list[dict[str, Any]], unit: str) -> None:
    colours = dict(PARTS.values())
    lines = growth_lines(rows, unit)
    for name, points in lines.items():
        kept = [(cells, value) for cells, value in points if value > 0]
        ax.plot(*zip(*kept, strict=True), marker="o", label=name, color=colours[name])
    last, value = lines["run"][-1]
    cells = [row["cells"] for row in rows]
    ax.plot(cells, [value * count / last for count in cells], ":", color="#555555", label="in proportion")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("cells")
    ax.set_ylabel("processor time (s)" if unit == "s" else "memory above the start (MB)")
    ax.set_title("time" if unit == "s" else "most memory")
    ax.legend(fontsize=7)


def _memory_panel(ax: "Axes", rows: list[dict[str, Any]]) -> None:
    for workers, place, name, colour in (
        (1, "driver_mb", "one process", "#D55E00"),
        (2, "driver_mb", "driver of two processes", "#009E73"),
        (2, "worker_mb", "larger of two workers", "#0072B2"),
    ):
        points = [(row["stored"], row[place]) for row in rows if row["workers"] == workers and row[place]]
        if points:
            ax.plot(*zip(*points, strict=True), label=name, color=colour)
    ax.set_ylim(bottom=0)
    ax.set_xlabel("cells that are stored")
    ax.set_ylabel("resident memory (MB)")
    ax.set_title("memory while a study goes on")
    ax.legend(fontsize=7)
