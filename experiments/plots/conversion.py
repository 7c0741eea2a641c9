"""Where a conversion loses: activation against decoded value, the error of every layer taken apart, accuracy over steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, Table
from spikewright.experiments.plots.steps import StepCurve
from spikewright.experiments.plots.style import ANN_COLOUR, FAINT, INK, SNN_COLOUR, lighter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spikewright.conversion import Diagnosis

PARTS = ("inherited", "clipping", "quantisation", "unevenness")
PART_COLOURS = dict(zip(PARTS, (FAINT, "#D55E00", "#0072B2", "#E69F00"), strict=True))
HATCHED = ("unevenness",)
REACH = 1.3
"""Activations are shown up to this multiple of the largest value that can be sent."""


@dataclass(frozen=True, eq=False)
class Staircase:
    """One population: `activation` and `decoded (k,)` in units of the largest value that it can send.

    `steps` levels of the staircase, None for real values; `edges` and `values`: what an ideal neuron makes of an activation,
    values[i] between edges[i] and edges[i + 1].
    """

    population: str
    activation: NDArray[np.float32]
    decoded: NDArray[np.float32]
    steps: int | None
    edges: NDArray[np.float64]
    values: NDArray[np.float64]
    correlation: float | None


@dataclass(frozen=True)
class LayerError:
    """One population: its mean absolute error in percent of the mean activation, as the sum of `parts` (same order as
    PARTS; a negative one makes up for others)."""

    population: str
    error: float
    parts: tuple[float, ...]
    worst: bool


def staircases(table: Table, points: Mapping[str, NDArray[Any]], most: int = 12) -> tuple[Staircase, ...]:
    """A staircase y = clip(floor(x n + 1/2), 0, n) / n, and what was seen, for each population that has `points (2, k)`.

    `table`: rows of layers with population, correlation and levels (`Diagnosis.layers`). With more than `most`, equally
    spaced ones. Raises InvalidInput when no population has points.
    """
    rows = [row for row in table if row["population"] in points]
    if not rows:
        raise InvalidInput("expected a network with populations that fire, got none to draw")
    places = sorted({round(place) for place in np.linspace(0, len(rows) - 1, min(most, len(rows)))})
    return tuple(_staircase(rows[n], points[rows[n]["population"]]) for n in places)


def _staircase(row: Mapping[str, Any], points: NDArray[Any]) -> Staircase:
    steps = None if row["levels"] is None else int(row["levels"])
    edges, values = ideal(steps, signed=bool((points < 0).any()))
    return Staircase(row["population"], points[0], points[1], steps, edges, values, row["correlation"])


def ideal(steps: int | None, *, signed: bool = False) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Edges and values of a clipped staircase of `steps` levels up to 1, rounding halves up; None: a clipped line.

    `signed`: as many steps below zero, `steps` of both signs together.
    """
    if steps is None:
        low = -1.0 if signed else 0.0
        return np.array([low, low, 1.0, REACH]), np.array([low, low, 1.0, 1.0])
    count = steps // 2 if signed else steps
    values = np.arange(-count if signed else 0, count + 1) / count
    inner = (values[1:] + values[:-1]) / 2
    return np.concatenate([[-REACH if signed else 0.0], inner, [REACH]]), values


def density(stair: Staircase, low: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Edges in both directions and how many pairs lie in each cell, `(rows, columns)`; activations above REACH are left out.

    Rows are the levels of the staircase, with empty ones in between, or 48 equal ones for real values and fine stairs.
    """
    x = np.linspace(low, REACH, 54)
    y = np.linspace(low, 1.08, 49)
    if stair.steps is not None and len(stair.values) <= 24:
        half = 0.3 * (stair.values[1] - stair.values[0])
        y = np.sort(np.concatenate([stair.values - half, stair.values + half]))
    counts, _, _ = np.histogram2d(stair.decoded, stair.activation, bins=(y, x))
    return x, y, counts


def draw_staircase(ax: "Axes", stair: Staircase) -> "Axes":
    """How often a decoded value meets an activation, darker is more often, with the ideal staircase on top. Returns `ax`."""
    from matplotlib.colors import LinearSegmentedColormap, LogNorm

    shades: list[Any] = [lighter(SNN_COLOUR, 0.2), SNN_COLOUR, "#00263d"]
    colours = LinearSegmentedColormap.from_list("snn", shades)
    low = -1.08 if stair.values[0] < 0 else -0.06
    x, y, counts = density(stair, low)
    shown = ax.pcolormesh(x, y, np.where(counts > 0, counts, np.nan), cmap=colours, norm=LogNorm(), linewidth=0)
    shown.set_rasterized(True)
    if stair.steps is None:
        ax.plot(stair.edges, stair.values, color=ANN_COLOUR, linewidth=1.1)
    else:
        ax.stairs(stair.values, stair.edges, baseline=None, color=ANN_COLOUR, linewidth=1.1)
    ax.set(xlim=(low, REACH), ylim=(low, 1.08), xlabel="activation / largest", ylabel="decoded / largest")
    told = "" if stair.correlation is None else f"  r = {stair.correlation:.3f}"
    ax.set_title(f"{stair.population}{told}", fontsize=9)
    return ax


def draw_staircases(stairs: Sequence[Staircase]) -> Any:
    """A figure with a panel for each population."""
    import matplotlib.pyplot as plt

    columns = min(4, len(stairs))
    rows = -(-len(stairs) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.45 * columns + 0.7, 2.25 * rows + 0.3), squeeze=False, sharex=True, sharey=True
    )
    for ax, stair in zip(axes.flat, stairs, strict=False):
        draw_staircase(ax, stair)
        ax.label_outer()
    for ax in axes.flat[len(stairs) :]:
        ax.set_axis_off()
    return figure


def layer_errors(table: Table, worst: str = "") -> tuple[LayerError, ...]:
    """The errors of a table of layers (`Diagnosis.layers`), in percent of each layer's mean activation.

    Raises InvalidInput for an empty table.
    """
    if not len(table):
        raise InvalidInput("expected a table of layers, got an empty one; try Diagnosis.layers")
    found = []
    for row in table:
        whole = 100.0 / (row["mean_activation"] or 1.0)
        parts = tuple(row[part] * whole for part in PARTS)
        found.append(LayerError(row["population"], row["error"] * whole, parts, row["population"] == worst))
    return tuple(found)


def draw_layer_errors(ax: "Axes", errors: Sequence[LayerError], title: str = "") -> "Axes":
    """A stacked bar for each layer, from the input at the top to the output; parts that make up for others lie left of
    zero. `title`: above the figure. Returns `ax`."""
    places = np.arange(len(errors), dtype=float)
    right, left = np.zeros(len(errors)), np.zeros(len(errors))
    for number, part in enumerate(PARTS):
        widths = np.array([error.parts[number] for error in errors])
        start = np.where(widths >= 0, right, left)
        ax.barh(
            places, widths, 0.66, left=start, color=PART_COLOURS[part], label=part, linewidth=0,
            hatch="///" if part in HATCHED else None, edgecolor="white",
        )  # fmt: skip
        right, left = right + np.maximum(widths, 0), left + np.minimum(widths, 0)
    for place, error, end in zip(places, errors, right, strict=True):
        told = f" {error.error:.1f} %" + ("  adds most" if error.worst else "")
        ax.text(end, place, told, va="center", fontsize=8.5, color=INK, fontweight="bold" if error.worst else "normal")
    ax.set_yticks(places, [error.population for error in errors])
    ax.set_xlabel("mean absolute error (% of the mean activation)")
    ax.set_xlim(1.08 * float(left.min()), max(1.28 * float(right.max()), 1.0))
    ax.axvline(0, color="#888888", linewidth=0.8)
    ax.invert_yaxis()
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    ax.set_title(title, pad=42 if title else None)
    return ax


def accuracy_curves(diagnosis: "Diagnosis") -> tuple[StepCurve, ...]:
    """The SNN after each step, and the model as a level line, with 95 % Wilson bands. Raises InvalidInput without labels."""
    from spikewright.shares import wilson

    if not diagnosis.accuracy_over_steps:
        raise InvalidInput("expected a diagnosis with labels, got none; try diagnose(model, network, images, labels)")

    def curve(name: str, kind: str, values: tuple[float, ...]) -> StepCurve:
        low, high = zip(*(wilson(round(v * diagnosis.samples), diagnosis.samples) for v in values), strict=True)
        return StepCurve(name, kind, tuple(range(1, len(values) + 1)), values, low, high)

    ann = diagnosis.networks["accuracy"][0]
    return curve("ann", "ANN", (ann,)), curve("spiking", "SNN", diagnosis.accuracy_over_steps)
