"""Names beside the ends of lines, spread so that none covers another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE_HEIGHT = 0.075
"""Room for a line of text, as a share of the axes' height in a figure of a report."""


TIE = {"arrowstyle": "-", "linewidth": 0.6, "shrinkA": 0, "shrinkB": 1, "relpos": (0, 0.5)}
"""The thin line from a point to the left end of its name."""


@dataclass(frozen=True)
class EndLabel:
    """A `text` in `colour` for the point `x`, `y` of the data at the end of a line."""

    x: float
    y: float
    text: str
    colour: Any


def label_ends(ax: "Axes", labels: Sequence[EndLabel]) -> None:
    """Write the labels right of the axes, each at the height of its point or near it, tied to it by a thin line.

    The limits of the axes must have been set.
    """
    across = ax.transScale + ax.transLimits
    places = [across.transform((label.x, label.y)) for label in labels]
    heights = spread([float(min(max(y, 0.0), 1.0)) for _, y in places])
    for label, (x, y), height in zip(labels, places, heights, strict=True):
        ax.annotate(
            label.text, (float(x), float(y)), (1.07, height), xycoords="axes fraction", textcoords="axes fraction",
            color=label.colour, fontsize=8.5, fontweight="bold", va="center", ha="left", annotation_clip=False,
            arrowprops={"color": label.colour, **TIE},
        )  # fmt: skip


def spread(heights: Sequence[float], gap: float = LINE_HEIGHT) -> list[float]:
    """Heights from 0 to 1 moved as little as keeps them `gap` apart, in the same order; too many of them share the room."""
    if len(heights) < 2:
        return list(heights)
    gap = min(gap, 1 / (len(heights) - 1))
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    blocks: list[tuple[float, int]] = []  # middle and number of labels that touch
    for place in order:
        middle, count = heights[place], 1
        while blocks and blocks[-1][0] + gap * (blocks[-1][1] + count) / 2 > middle:
            other, many = blocks.pop()
            middle, count = (other * many + middle * count) / (many + count), many + count
            middle = _inside(middle, count, gap)
        blocks.append((_inside(middle, count, gap), count))
    moved = [middle + gap * (n - (count - 1) / 2) for middle, count in blocks for n in range(count)]
    placed = dict(zip(order, moved, strict=True))
    return [placed[place] for place in range(len(heights))]


def _inside(middle: float, count: int, gap: float) -> float:
    half = gap * (count - 1) / 2
    return min(max(middle, half), 1 - half)
