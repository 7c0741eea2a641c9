"""Accuracy against steps."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from spikewright import Table
from spikewright.experiments import plots
from spikewright.experiments.plots.style import ANN_COLOUR, SNN_COLOUR, lighter
from spikewright.snn import (
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    TtfsCode,
    dense,
)
from spikewright.snn.neurons import Neuron


def labelled(ax: Axes) -> bool:
    return bool(ax.get_xlabel()) and bool(ax.get_ylabel() or ax.get_yticklabels())


ACCURACY = Table.of(
    {"network": n, "kind": k, "accuracy": a, "samples": 100}
    for n, k, a in (
        ("ann", "ANN", 0.98),
        ("rate", "SNN", 0.97),
        ("ttfs", "SNN", 0.975),
        ("integer", "integer CNN", 0.98),
    )
)


STEPS = Table.of(
    {"network": n, "step": t, "accuracy": a, "samples": 100}
    for n, t, a in (("rate", 1, 0.5), ("rate", 2, 0.9), ("rate", 3, 0.97), ("ttfs", 1, 0.975))
)


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


def network(code: Direct | RateCode | TtfsCode, hidden: Neuron) -> Network:
    rng = np.random.default_rng(0)
    weights = [dense(rng.normal(size=shape).astype(np.float32)) for shape in ((5, 4), (3, 5))]
    populations = (
        Population("input", (4,), Source()),
        Population("a", (5,), hidden),
        Population("b", (3,), Integrator()),
    )
    links = (Projection("input", "a", Linear(weights[0])), Projection("a", "b", Linear(weights[1])))
    return Network(populations, links, "input", "b", code)
