"""Accuracy under harm."""

from matplotlib.axes import Axes

from spikewright import Table
from spikewright.experiments import plots
from tests.experiments.plots.rows import labelled


def test_robustness(ax: Axes) -> None:
    none = {"accuracy": None, "low": None, "high": None}
    rows = [
        {"model": m, "perturbation": p, "strength": s, "accuracy": a, "low": a - 0.1, "high": a + 0.1, "samples": 50}
        for m in ("ann", "rate")
        for p in ("PGD", "GaussianNoise")
        for s, a in ((0.2, 0.3), (0.0, 0.9), (0.1, 0.6))
    ]
    rows += [
        {"model": "ann", "perturbation": "SpikeDeletionFault", "strength": s, "samples": 50, **none} for s in (0.1, 0.2)
    ]
    kinds = {"ann": "ANN", "rate": "SNN"}
    panels = plots.robustness_panels(Table.of(rows), kinds, 10)
    assert [(panel.perturbation, panel.attack) for panel in panels] == [("PGD", True), ("GaussianNoise", False)]
    assert all(curve.strengths == (0.0, 0.1, 0.2) for panel in panels for curve in panel.curves)
    assert panels[0].chance == 0.1 and panels[0].samples == 50
    assert plots.draw_robustness(ax, panels[0], kinds) is ax and labelled(ax)
    lines = {line.get_label(): line for line in ax.lines}
    assert (lines["ANN"].get_linestyle(), lines["rate (SNN)"].get_linestyle()) == ("-", "--")
    assert list(lines["chance"].get_ydata()) == [0.1, 0.1]
