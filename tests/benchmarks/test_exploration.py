"""What counts as reached."""

from dataclasses import replace

import numpy as np

from benchmarks.exploration import WANTED_DESIGNS, inside, over_fronts, reached, with_area
from spikewright import Table
from spikewright.hardware import Goals, explore
from spikewright.snn import RateCode, simulate
from tests.hardware.small_networks import perceptron

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


def test_what_is_synthesised_is_spread_over_networks_and_devices() -> None:
    network = replace(perceptron((12, 8, 3), steps=4), code=RateCode(4))
    activity = simulate(network, np.random.default_rng(0).random((2, 12)).astype(np.float32))
    found = explore([(network, activity)] * 2, device=["ecp5-25k", "xc7a35t"], goals=Goals(("latency_us", "lut")))
    points = over_fronts(found, 5, 8)
    rows = list(found.table)
    told = [(rows[point]["candidate"], rows[point]["device"]) for point in points]
    assert told == [(0, "ecp5-25k"), (0, "ecp5-25k"), (0, "xc7a35t"), (1, "ecp5-25k"), (1, "xc7a35t")]
    assert all(sum(map(int, rows[point]["physical_neurons"].split("/"))) <= 8 for point in points)
    assert over_fronts(found, 0, 8) == [] == over_fronts(found, 5, 0)
