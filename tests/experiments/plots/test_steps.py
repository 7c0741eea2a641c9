"""Accuracy against steps."""

import pytest
from matplotlib.axes import Axes

from spikewright import Table
from spikewright.experiments import plots
from spikewright.experiments.plots.style import ANN_COLOUR, SNN_COLOUR, lighter
from tests.experiments.plots.rows import ACCURACY, STEPS, labelled


def test_accuracy_over_steps(ax: Axes) -> None:
    curves = {curve.network: curve for curve in plots.step_curves(STEPS, ACCURACY)}
    assert set(curves) == {"ann", "rate", "ttfs"}
    assert curves["rate"].steps == (1, 2, 3) and curves["ann"].steps == (1,)
    for curve in curves.values():
        assert all(low < value < high for low, value, high in zip(curve.low, curve.accuracy, curve.high, strict=True))
    assert plots.draw_steps(ax, tuple(curves.values())) is ax and labelled(ax)
    assert ax.get_legend() is None
    assert {text.get_text() for text in ax.texts} == {
        f"{name}\N{NO-BREAK SPACE}%" for name in ("ANN 98.0", "rate 97.0", "ttfs 97.5")
    }


def test_seeds_are_averaged() -> None:
    two = Table.of([*STEPS, *({**row, "accuracy": row["accuracy"] - 0.1} for row in STEPS)])
    once, twice = (plots.step_curves(table, ACCURACY)[1] for table in (STEPS, two))
    assert twice.accuracy == pytest.approx([value - 0.05 for value in once.accuracy])


def test_a_cnn_is_solid_and_a_spiking_network_dashed_everywhere() -> None:
    look = plots.looks({"ann": "ANN", "small": "ANN", "rate": "SNN", "ttfs": "SNN"})
    assert look["ann"].colour == lighter(ANN_COLOUR, 1) and look["rate"].colour == lighter(SNN_COLOUR, 1)
    assert look["ann"].line == look["small"].line == "-" and "-" not in (look["rate"].line, look["ttfs"].line)
    assert len({one.marker for one in look.values()}) == 4
