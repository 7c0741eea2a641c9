"""The networks side by side: values with bounds, the best marked, and who is not told from it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import Table
from spikewright.experiments.report.comparison import BEST, LEVEL, Comparison, compared, marked, shown
from spikewright.experiments.report.standings import Standing
from spikewright.experiments.studies.spec import make_study
from tests.experiments.report.test_findings import accuracy, design
from tests.experiments.report.test_robust_verdict import row as harm

STUDY = make_study({
    "name": "s", "model": {"architecture": "small_cnn"}, "compressions": [{"name": "small"}],
    "conversions": [{"name": "rate", "recipe": "rate"}, {"name": "own", "recipe": "rate", "source": "ann"}],
})  # fmt: skip
NETWORKS = accuracy(ann=(0.9, 0.88, 0.92), small=(0.89, 0.87, 0.91), rate=(0.5, 0.4, 0.6), own=(0.91, 0.89, 0.93))


def column(found: Comparison | None, title: str) -> dict[str, Any]:
    assert found is not None
    place = found.columns.index(title)
    return {name: values[place] for name, _, values in found.rows}


def test_what_is_not_there_has_no_column_and_one_network_no_table() -> None:
    found = compared(STUDY, {"accuracy": NETWORKS})
    assert found is not None and found.columns == ("accuracy (%)",)
    assert compared(STUDY, {}) is compared(STUDY, {"accuracy": accuracy(ann=(0.9, 0.8, 1.0))}) is None


def test_the_best_and_those_level_with_it_are_marked() -> None:
    places = {
        name: each.place for name, each in column(compared(STUDY, {"accuracy": NETWORKS}), "accuracy (%)").items()
    }
    assert places == {"ann": LEVEL, "small": LEVEL, "rate": "", "own": BEST}


def test_a_network_has_the_weights_of_what_it_was_converted_from() -> None:
    footprint = Table.of([{"network": "small", "before_bits": 81920, "after_bits": 8192, "seed": 0}])
    sizes = column(compared(STUDY, {"accuracy": NETWORKS, "footprint": footprint}), "weights (KiB)")
    assert {name: each.value for name, each in sizes.items()} == {
        "ann": "10.0",
        "small": "1",
        "rate": "1",
        "own": "10.0",
    }
    assert {name for name, each in sizes.items() if each.place == BEST} == {"small", "rate"}


def test_harm_and_costs_stand_beside_accuracy() -> None:
    tables = {
        "accuracy": NETWORKS,
        "robustness": Table.of([harm("ann", "FGSM", 0.5), harm("rate", "FGSM", 0.7)]),
        "hardware": Table.of([design("rate", 2.0), design("rate", 3.0, lut=1.0), design("own", 1.0, fits=False)]),
    }
    found = compared(STUDY, tables)
    assert column(found, "right under attack (%)")["rate"].place == BEST
    energy = column(found, "energy (µJ)")
    assert (energy["rate"].value, energy["rate"].bounds) == ("2", "1 to 4") and energy["own"].value == ""


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 3)), min_size=1, max_size=9), st.booleans())
def test_there_is_a_best_unless_all_are_equal(drawn: list[tuple[float, float]], largest: bool) -> None:
    standings = [Standing(str(n), value, value - half, value + half) for n, (value, half) in enumerate(drawn)]
    made = marked(standings, largest)
    values = [value for value, _ in drawn]
    best = {name for name, each in made.items() if each.place == BEST}
    wanted = (max if largest else min)(values)
    assert best == ({one.name for one in standings if one.value == wanted} if len(set(values)) > 1 else set())


@pytest.mark.parametrize(
    ("value", "told"), [(37.28, "37.3"), (2.904, "2.9"), (14485.2, "14,485"), (0.0, "0"), (100.0, "100")]
)
def test_three_digits(value: float, told: str) -> None:
    assert shown(value) == told
