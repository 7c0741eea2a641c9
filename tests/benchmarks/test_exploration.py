"""What counts as reached."""

from benchmarks.exploration import WANTED_DESIGNS, inside, reached, with_area
from spikewright import Table

ROW = {"designs": WANTED_DESIGNS, "explore_s": 3.0, "latency_inside": True, "lut_inside": None}


def test_enough_designs_in_time_and_all_inside() -> None:
    table = Table.of([ROW, {**ROW, "lut_inside": True}])
    assert inside(table) == {"latency": (2, 2), "lut": (1, 1)} and reached(table)
    assert not reached(Table.of([{**ROW, "designs": 9}])) and not reached(Table.of([{**ROW, "explore_s": 61.0}]))
    assert not reached(Table.of([ROW, {**ROW, "latency_inside": False}]))


def test_designs_that_were_not_synthesised_have_their_area_too() -> None:
    known = {"lut": 9.0, "lut_low": 8.0, "lut_high": 10.0, "bram36": 2.0, "latency_us": 3.0}
    assert with_area({"point": 4, "lut": None}, known) == {
        "point": 4,
        **{name: known[name] for name in list(known)[:4]},
    }
