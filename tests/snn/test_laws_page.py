"""The example of docs/laws.md, computed again: the tables by the engines, their columns S and U by hand from the spikes."""

from pathlib import Path

import numpy as np
import pytest

from spikewright.snn import (
    LIF,
    Activity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    dense,
    simulate,
)

PAGE = Path(__file__).parents[2] / "docs" / "laws.md"
IMAGE = np.array([[1.0, 0.5]], np.float32)
INTO, OUT = np.array([[9, -6], [5, 8]]), np.array([[3, -2]])
HEAD = "| t | input sends | S of a | U of a | a sends | V of a | S of out | V of out, the logit |"
STEPS, THRESHOLD, BIAS, INITIAL, TOP = 3, 6, 1, 2, 15


def network(schedule) -> Network:
    parts = (
        Population("in", (2,), Source()),
        Population("a", (2,), LIF(THRESHOLD, 0.5), BIAS, INITIAL, potential_bits=5),
        Population("out", (1,), Integrator(), potential_bits=8),
    )
    projections = (Projection("in", "a", Linear(dense(INTO))), Projection("a", "out", Linear(dense(OUT))))
    return Network(parts, projections, "in", "out", RateCode(STEPS), schedule, "potential", "fixed")


def gathered(sums: np.ndarray) -> np.ndarray:
    """All in the first step."""
    return np.concatenate([sums.sum(axis=0, keepdims=True), np.zeros_like(sums[1:])])


def table(activity: Activity, layerwise: bool) -> str:
    spikes = {name: raster[:, 0].astype(int) for name, raster in activity.rasters.items()}
    potentials = {name: trace[:, 0].astype(int) for name, trace in activity.potentials.items()}
    S, last, bias = spikes["in"] @ INTO.T, spikes["a"] @ OUT.T, np.full((STEPS, 1), BIAS)
    if layerwise:
        S, last, bias = gathered(S), gathered(last), gathered(bias)
    before = np.concatenate([[[INITIAL, INITIAL]], potentials["a"][:-1]])
    U = np.clip(before - (before >> 1) + S + bias, -TOP - 1, TOP)
    np.testing.assert_array_equal(spikes["a"], U >= THRESHOLD)
    np.testing.assert_array_equal(potentials["a"], U - THRESHOLD * spikes["a"])
    np.testing.assert_array_equal(potentials["out"], np.cumsum(last, axis=0))
    columns = (spikes["in"], S, U, spikes["a"], potentials["a"], last, potentials["out"])
    rows = [[str(t), *(", ".join(map(str, column[t])) for column in columns)] for t in range(STEPS)]
    return "\n".join([HEAD, "| --- " * 8 + "|", *("| " + " | ".join(row) + " |" for row in rows)])


@pytest.mark.parametrize("engine", ["event", "reference"])
@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_the_example(schedule, engine):
    activity = simulate(network(schedule), IMAGE, engine=engine, record=("rasters", "potentials"))
    np.testing.assert_array_equal(activity.logits_over_time[:, 0], activity.potentials["out"][:, 0])
    assert table(activity, schedule == "layerwise") in PAGE.read_text()
