"""The figures of README.md and docs/conversion.md from measured results.

python docs/make_figures.py overview runs/demo     from a finished study
python docs/make_figures.py steps runs/rate        from `python -m spikewright.experiments.measuring rate`
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from spikewright import Table
from spikewright.experiments import card, store
from spikewright.experiments.plots.overview import drawn_panels
from spikewright.experiments.plots.style import ANN_COLOUR, save_figure, styled
from spikewright.experiments.studies.study import open_study

FIGURES = Path(__file__).parent / "figures"
METHODS = {
    "not calibrated": ("#999999", "-.", "^"),
    "light": ("#0072B2", "--", "o"),
    "signed, light": ("#009E73", "-", "s"),
}
PANELS = {"vgg7-cifar10": "trained as usual", "vgg7-cifar10-qcfs": "trained with 4 learned levels"}


def first_of_report(run: str) -> None:
    """The first figure of a study's report, its panels side by side: energy against area, and accuracy under attack."""
    drawn, _ = drawn_panels(open_study(run))
    figure, axes = plt.subplots(1, len(drawn), figsize=(5.2 * len(drawn), 4.1))
    for ax, draw in zip(axes, drawn, strict=True):
        draw(ax)
    save_figure(figure, FIGURES / "overview", ("png",))


def steps(folder: str) -> None:
    """Accuracy of VGG-7 on all CIFAR-10 test images against the steps of the conversion, by method."""
    rows = store(folder).table("rate").where(images=10_000)
    figure, axes = plt.subplots(1, len(PANELS), figsize=(10, 3.8), sharey=True, layout="constrained")
    for ax, (network, title) in zip(axes, PANELS.items(), strict=True):
        _methods(ax, rows.where(network=network), card(network).accuracy)
        ax.set_title(f"VGG-7, {title}")
    axes[0].set_ylabel("accuracy on 10,000 test images (%)")
    axes[-1].legend(loc="lower right")
    save_figure(figure, FIGURES / "steps", ("png",))


def _methods(ax: Axes, rows: Table, own: float) -> None:
    shown = set()
    for method, (colour, line, marker) in METHODS.items():
        points = sorted((row["steps"], 100 * row["accuracy"]) for row in rows.where(method=method))
        shown |= {count for count, _ in points}
        ax.plot(*zip(*points, strict=True), color=colour, linestyle=line, marker=marker, label=method)
    ax.axhline(100 * own, color=ANN_COLOUR, label="the CNN itself")
    ax.set_xscale("log", base=2)
    ax.set_xticks(sorted(shown), [str(count) for count in sorted(shown)])
    ax.minorticks_off()
    ax.set_xlabel("steps")


if __name__ == "__main__":
    with styled():
        figures = {"overview": first_of_report, "steps": steps}
        if len(sys.argv) != 3 or sys.argv[1] not in figures:
            sys.exit(__doc__)
        figures[sys.argv[1]](sys.argv[2])
