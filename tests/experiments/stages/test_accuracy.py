"""Rows of accuracy and activity, of a network whose answers are known by hand."""

import numpy as np

from spikewright.experiments.stages.accuracy import activity_rows, network_accuracy
from spikewright.snn import IF, Direct, Identity, Integrator, Network, Population, Projection, Source, simulate


def relay() -> Network:
    """Two inputs are counted in two neurons of threshold 1, whose spikes are the answer."""
    parts = (
        Population("in", (2,), Source()),
        Population("hidden", (2,), IF(1.0)),
        Population("out", (2,), Integrator()),
    )
    projections = (Projection("in", "hidden", Identity(1.0)), Projection("hidden", "out", Identity(1.0)))
    return Network(parts, projections, "in", "out", Direct(4))


def test_a_row_counts_what_happened() -> None:
    images = np.array([[1.0, 0.0], [0.0, 0.5]], np.float32)
    activity = simulate(relay(), images)
    row = network_accuracy(relay(), activity, np.array([0, 0]), "relay")
    assert (row["network"], row["kind"], row["accuracy"], row["samples"], row["steps"]) == ("relay", "SNN", 0.5, 2, 4)
    spikes = float(activity.spikes["hidden"].mean())
    assert row["spikes_per_neuron"] == spikes / 2 == (4 + 2) / 2 / 2
    assert row["low"] < 0.5 < row["high"]


def test_every_population_has_a_row() -> None:
    activity = simulate(relay(), np.ones((1, 2), np.float32))
    rows = {row["population"]: row for row in activity_rows(relay(), activity)}
    assert set(rows) == {"in", "hidden", "out"} and rows["hidden"]["spikes"] == 8
    assert rows["out"]["synaptic_operations"] == activity.synaptic_operations["hidden->out"].mean()
