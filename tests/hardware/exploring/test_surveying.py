"""What is kept of a space against going through it design by design."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.dominance import front
from spikewright.hardware.exploring import surveying
from spikewright.hardware.exploring.goals import Goals, cost
from spikewright.hardware.exploring.surveying import survey
from tests.hardware.exploring.spaces import small_space

GOALS = [
    Goals(),
    Goals(("latency_us", "lut", "bram36")),
    Goals(("lut",), {"latency_us": 9.0}),
    Goals(("fpga_energy_uj", "accuracy"), {"lut_high": 4000.0, "accuracy": 0.5}),
    Goals(("lut",), {"accuracy": 0.7}),
]


@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
@pytest.mark.parametrize("goals", GOALS)
def test_front_best_and_counts_are_those_of_all_designs(goals: Goals, chunk: int, monkeypatch) -> None:
    monkeypatch.setattr(surveying, "CHUNK", chunk)
    space = small_space((64, 32, 10), accuracy=0.6)
    found, columns = survey(space, goals), space.columns(np.arange(len(space)))
    kept = [
        n
        for n in range(len(space))
        if columns["fits"][n]
        and all(cost(name, columns[name][n]) <= cost(name, bound) for name, bound in goals.bounds.items())
    ]
    assert (found.points, found.fitting, found.feasible) == (len(space), columns["fits"].sum(), len(kept))
    costs = [tuple(float(cost(name, columns[name][n])) for name in goals.objectives) for n in kept]
    assert {costs[kept.index(n)] for n in found.front} == {costs[place] for place in front(costs)}
    assert set(found.front) <= set(kept)
    for name, number in found.best.items():
        assert number == min(kept, key=lambda n: (cost(name, columns[name][n]), n))


def test_how_near_a_bound_is_missed_and_unknown_columns() -> None:
    space = small_space(accuracy=0.6)
    found = survey(space, Goals(("lut",), {"accuracy": 0.7, "lut": 1.0}))
    assert found.feasible == 0 and not found.best and not found.front.size
    assert found.nearest == {"accuracy": 0.6, "lut": min(space.columns(np.arange(len(space)))["lut"])}
    with pytest.raises(InvalidInput, match="'power'"):
        survey(space, Goals(("power",)))
