"""Points: what is feasible, what no other beats, and their table."""

from spikewright import Table
from spikewright.experiments.exploring.points import (
    Measured,
    Tried,
    front_of,
    front_table,
    rows_of_points,
    shortage,
)
from spikewright.experiments.exploring.section import SearchPart

SEARCH = SearchPart.model_validate(
    {"objectives": {"accuracy": "max", "hardware.lut": "min"}, "constraints": {"hardware.lut": {"most": 100}}}
)


def tried(accuracy: float, lut: float, **settings: object) -> Tried:
    found = {"accuracy": Measured(accuracy, accuracy - 0.1, accuracy + 0.1), "hardware.lut": Measured(lut)}
    return Tried(dict(settings), "n", found)


CLOUD = [tried(0.9, 90, **{"rate.steps": 4}), tried(0.8, 50), tried(0.8, 60), tried(0.99, 101),
         Tried({"a.b": 1}, why="refused")]  # fmt: skip


def test_the_front_is_of_feasible_points_best_first() -> None:
    assert front_of(CLOUD, SEARCH) == [0, 1]
    assert [each.feasible(SEARCH) for each in CLOUD] == [True, True, True, False, False]
    assert CLOUD[3].violations(SEARCH) == {"hardware.lut": 0.01} and CLOUD[0].costs(SEARCH) == (-0.9, 90)


def test_the_table_has_settings_measures_and_why() -> None:
    table = Table.of(rows_of_points(CLOUD, SEARCH))
    assert table.columns == ("point", "network", "feasible", "front", "rate_steps", "a_b", "hardware_lut", "accuracy",
                             "accuracy_low", "accuracy_high", "why")  # fmt: skip
    assert (
        front_table(table, SEARCH)["point"] == [0, 1]
        and table["why"][-1] == "refused"
        and table["accuracy"][-1] is None
    )
    assert shortage(table, SEARCH) == ""


def test_the_front_is_told_best_first() -> None:
    table = Table.of(rows_of_points([CLOUD[1], CLOUD[0]], SEARCH))
    assert front_table(table, SEARCH)["accuracy"] == [0.9, 0.8] == sorted(table["accuracy"], reverse=True)


def test_a_search_without_a_feasible_point_says_how_far_it_is() -> None:
    far = [tried(0.9, 250), tried(0.8, 130), Tried({}, why="refused")]
    assert shortage(Table.of(rows_of_points(far, SEARCH)), SEARCH) == (
        "expected a point that meets all constraints, got none of 3; the nearest has hardware_lut 130; "
        "try that as its bound, or a larger space"
    )
    none = Table.of(rows_of_points(far[2:], SEARCH))
    assert shortage(none, SEARCH) == "expected a point with a result, got none of 1, the first because: refused"


def test_bounds_on_both_sides() -> None:
    both = SearchPart.model_validate(
        {"objectives": {"accuracy": "max"}, "constraints": {"accuracy": {"least": 0, "most": 0.5}}}
    )
    assert [tried(value, 1).feasible(both) for value in (-0.1, 0.0, 0.5, 0.51)] == [False, True, True, False]
