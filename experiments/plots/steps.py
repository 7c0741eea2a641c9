"""Accuracy against the number of steps, with the CNN as the ceiling."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput, Table
from spikewright.experiments.plots.labels import EndLabel, label_ends
from spikewright.experiments.plots.style import looks, percent, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class StepCurve:
    """Accuracy after each of `steps`, with its 95 % band; one step means a network without a time axis."""

    network: str
    kind: str
    steps: tuple[int, ...]
    accuracy: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def step_curves(over_steps: Table, accuracy: Table) -> tuple[StepCurve, ...]:
    """One curve for each model and spiking network of `accuracy`; those that `over_steps` lacks, models, have one value.

    The integer CNN is left out: it answers as the model that it was made from. Means over seeds; the band is the mean
    Wilson interval. Raises InvalidInput for empty tables.
    """
    from spikewright.shares import wilson

    if not len(accuracy):
        raise InvalidInput("expected a table of accuracies, got an empty one; try to run the study first")
    curves = []
    for network in dict.fromkeys(row["network"] for row in accuracy if row["kind"] in ("ANN", "SNN")):
        rows = list(over_steps.where(network=network)) or [
            {**row, "step": 1} for row in accuracy.where(network=network)
        ]
        steps = tuple(sorted({row["step"] for row in rows}))
        values = [[row for row in rows if row["step"] == step] for step in steps]
        bands = [[wilson(round(r["accuracy"] * r["samples"]), r["samples"]) for r in group] for group in values]
        curves.append(
            StepCurve(
                network,
                accuracy.where(network=network)["kind"][0],
                steps,
                tuple(_mean([row["accuracy"] for row in group]) for group in values),
                tuple(_mean([low for low, _ in group]) for group in bands),
                tuple(_mean([high for _, high in group]) for group in bands),
            )
        )
    return tuple(curves)


def draw_steps(ax: "Axes", curves: tuple[StepCurve, ...]) -> "Axes":
    """Curves over steps with their bands, a level line for each network without steps, names at their ends. Returns `ax`."""
    look = looks({curve.network: curve.kind for curve in curves})
    last = max(max(curve.steps) for curve in curves)
    for curve in curves:
        shown = look[curve.network]
        steps = curve.steps if len(curve.steps) > 1 else (0.7, last + 0.3)
        whole = len(steps) // len(curve.steps)
        options = shown.options if whole == 1 else {**shown.options, "marker": ""}
        ax.plot(steps, curve.accuracy * whole, **options)
        ax.fill_between(steps, curve.low * whole, curve.high * whole, color=shown.colour, alpha=0.13, linewidth=0)
    ax.set(xlabel="steps simulated", ylabel="accuracy on the test split", xlim=(0.7, last + 0.3))
    ax.set_xticks(_ticks(last))
    lowest = min(min(curve.low) for curve in curves)
    ax.set_ylim(max(0.0, lowest - 0.05), 1.01)
    ax.yaxis.set_major_formatter(lambda value, _: percent(value, 0))
    named = {curve.network: f"{title_of(curve.network)} {percent(curve.accuracy[-1])}" for curve in curves}
    label_ends(ax, [EndLabel(last, c.accuracy[-1], named[c.network], look[c.network].colour) for c in curves])
    return ax


def _ticks(last: int) -> list[int]:
    stride = max(1, last // 10)
    return list(range(1, last + 1, stride))


def _mean(values: list[Any]) -> float:
    return float(sum(values) / len(values))


def network_kinds(accuracy: Table) -> Mapping[str, str]:
    """The kind of each network of a table of accuracies."""
    return dict(zip(accuracy["network"], accuracy["kind"], strict=True))
