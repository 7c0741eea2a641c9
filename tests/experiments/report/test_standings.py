"""Who is first, level and behind."""

from hypothesis import given
from hypothesis import strategies as st

from spikewright import Table
from spikewright.experiments.report.standings import Standing, accuracies, bounded, cheapest_designs, ranking

STANDINGS = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 0.3)).map(
        lambda each: Standing("x", each[0], each[0] - each[1], each[0] + each[2])
    ),
    min_size=1,
    max_size=8,
)


@given(STANDINGS, st.booleans())
def test_the_first_has_the_best_value_and_only_overlapping_intervals_are_level(
    found: list[Standing], largest: bool
) -> None:
    made = ranking(found, largest=largest)
    assert made.first.value == (max if largest else min)(one.value for one in found)
    assert len(made.level) + len(made.behind) == len(found) - 1
    assert all(one.low <= made.first.high and made.first.low <= one.high for one in made.level)
    assert not any(one.low <= made.first.high and made.first.low <= one.high for one in made.behind)


def test_seeds_are_averaged() -> None:
    rows = [
        {"network": "a", "accuracy": x, "low": x - 0.1, "high": x + 0.1, "seed": n} for n, x in enumerate((0.4, 0.6))
    ]
    (one,) = accuracies(Table.of(rows))
    assert (one.name, one.value, one.low, one.high) == ("a", 0.5, 0.4, 0.6)


def test_the_cheapest_fits_and_is_no_larger_than_asked() -> None:
    rows = [
        {"network": "a", "fits": fits, "lut": lut, "fpga_energy_uj": energy}
        for fits, lut, energy in ((False, 1, 1), (True, 900, 2), (True, 100, 3))
    ]
    table = Table.of(rows)
    assert cheapest_designs(table)["a"]["lut"] == 900 and cheapest_designs(table, 500)["a"]["lut"] == 100
    assert cheapest_designs(table, 50) == {}


def test_a_count_has_no_bounds() -> None:
    row = {"network": "a", "dsp": 4, "lut": 5.0, "lut_low": 1.0, "lut_high": 9.0}
    assert bounded(row, "dsp") == Standing("a", 4, 4, 4) and bounded(row, "lut") == Standing("a", 5.0, 1.0, 9.0)
