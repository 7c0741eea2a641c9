"""Exploration: its table, the Pareto front and the best point."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings

from spikewright import InvalidInput
from spikewright.hardware import Goals, design, estimate, explore
from spikewright.hardware.design_points import layers_of
from spikewright.hardware.layer_designs import ladder
from spikewright.snn import simulate
from tests.hardware.small_networks import active, perceptron
from tests.snn.strategies import cases


@pytest.fixture(scope="module")
def points():
    network = perceptron((64, 32, 10))
    return explore([(network, active(network, {"in": 60, "h0": 20}))], device="xc7a35t")


def test_the_sweep_holds_the_corners_and_every_rung(points) -> None:
    network = points.networks[0]
    assert points.table["architecture"][:3] == ["fully_parallel", "time_multiplexed", "hybrid"]
    labels = {
        "/".join(str(lanes.count) for lanes in each) for each in product(*(ladder(p) for p in layers_of(network)))
    }
    assert set(points.table["physical_neurons"]) == labels


def test_rows_are_the_estimates(points) -> None:
    network = points.networks[0]
    activity = active(network, {"in": 60, "h0": 20})
    for row, one in zip(points.table, points.estimates, strict=True):
        again = estimate(network, activity, one.point)
        assert again.fpga_energy_uj == one.fpga_energy_uj
        assert row["lut"] == again.lut.value and row["lut_low"] <= row["lut"] <= row["lut_high"]
        assert row["latency_us"] == pytest.approx(again.latency_s.value * 1e6)


def test_front_is_exactly_the_undominated_points(points) -> None:
    columns = ("fpga_energy_uj", "lut")
    front = {row["point"] for row in points.pareto(columns)}
    values = {row["point"]: tuple(row[name] for name in columns) for row in points.table if row["fits"]}
    for number, mine in values.items():
        beaten = any(other != mine and other[0] <= mine[0] and other[1] <= mine[1] for other in values.values())
        assert (number in front) != beaten


@pytest.mark.parametrize("column", ["fpga_energy_uj", "lut", "latency_us", "bram36"])
def test_best_has_the_smallest_value(points, column: str) -> None:
    best = points.best(column)
    smallest = min(row[column] for row in points.table if row["fits"])
    found = [row for row, one in zip(points.table, points.estimates, strict=True) if one.point == best]
    assert found[0][column] == smallest


def test_accuracy_counts_upwards() -> None:
    network = perceptron((64, 32, 10))
    activity = active(network, {"in": 60, "h0": 20})
    points = explore([(network, activity)], labels=np.array([0]), parallelism=[{}])
    assert set(points.table["accuracy"]) == {1.0}
    assert points.pareto(("accuracy", "lut"))["physical_neurons"] == ["1/1"]


def test_own_parallelism_beside_the_corners() -> None:
    network = perceptron((64, 32, 10))
    points = explore([(network, active(network, {"in": 60, "h0": 20}))], parallelism=[{"h0": 7}, {"out": 3}])
    assert points.table["physical_neurons"][3:] == ["7/1", "1/3"]


def test_best_of_many_candidates() -> None:
    small, large = perceptron((16, 8, 4)), perceptron((256, 128, 10))
    candidates = [(n, active(n, {"in": 20, "h0": 8})) for n in (large, small)]
    points = explore(candidates)
    network, point = points.best_network("asic45_energy_nj")
    assert network is small and point == points.best("asic45_energy_nj", candidate=1)
    assert set(points.table["candidate"]) == {0, 1}


def test_nothing_fits() -> None:
    huge = perceptron((2048, 1024, 10))
    with pytest.raises(InvalidInput, match=r"try several parts .* since no known part holds it"):
        explore([(huge, active(huge, {"in": 20}))], device="ecp5-25k", parallelism=[]).best()
    network = perceptron((1024, 256, 10))
    points = explore([(network, active(network, {"in": 20}))], device="ecp5-25k", parallelism=[])
    with pytest.raises(InvalidInput, match=r"memory blocks.* try \S+, where it fits, or fewer weight bits") as told:
        points.best()
    larger = str(told.value).split("try ")[1].split(",")[0]
    activity = active(network, {"in": 20})
    assert explore([(network, activity)], device=larger, parallelism=[]).best().device_name == larger
    assert len(points.pareto()) == 0


def test_bad_calls(points) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        explore([])
    with pytest.raises(InvalidInput, match="expected a device out of"):
        explore([(points.networks[0], None)], device="none")
    for call in (points.best, lambda name: points.pareto((name,))):
        with pytest.raises(InvalidInput, match="'beauty'"):
            call("beauty")
    with pytest.raises(InvalidInput, match=r"one of the columns point, .*lut.*got 'lutt'; try lut"):
        points.best("lutt")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"device": []}, "at least one device, got none; try device="),
        ({"clock_mhz": []}, "at least one clock, got none; try clock_mhz="),
        ({"clock_mhz": 0}, "a clock of 0.001 to 2000 MHz, got 0; try 100"),
        ({"clock_mhz": [100.0, float("nan")]}, "a clock of 0.001 to 2000 MHz, got nan"),
        ({"clock_mhz": "fast"}, "a clock of 0.001 to 2000 MHz, got 'fast'"),
    ],
)
def test_no_device_and_no_clock_are_refused_before_anything_is_costed(points, given: dict, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        explore([(points.networks[0], points.activities[0])], **given)


WIDE = (64, 512, 256, 128, 10)


@pytest.fixture(scope="module")
def many():
    network = perceptron(WIDE)
    activity = active(network, {"in": 60, "h0": 20, "h1": 9, "h2": 30})
    goals = Goals(("latency_us", "lut"), {"bram36": 60.0})
    return explore([(network, activity)], device=["xc7a35t", "ecp5-85k"], clock_mhz=[50.0, 100.0], goals=goals)


def test_devices_clocks_and_bounds(many) -> None:
    assert repr(many).startswith("Exploration(11,520 designs, ") and repr(many).endswith(
        " on the front of latency_us and lut)"
    )
    assert many.points == 10 * 9 * 8 * 4 * 2 * 2 and not many.whole and len(many) < 1000
    front = many.pareto()
    assert set(front["device"]) <= {"xc7a35t", "ecp5-85k"} and max(front["bram36"]) <= 60.0
    assert many.best("latency_us") == many.estimates[front["point"][0]].point
    assert len(many.pareto(("latency_us",))) >= 1


def test_a_front_of_other_columns_is_refused_where_not_all_designs_are_kept(many, points) -> None:
    with pytest.raises(InvalidInput, match=r"try explore\(..., goals=Goals\(\('ff', 'lut'\)\)\)"):
        many.pareto(("ff", "lut"))
    assert points.whole and len(points.pareto(("ff", "lut")))


def test_bounds_that_nothing_keeps_are_told_with_what_is_near(points) -> None:
    network = points.networks[0]
    found = explore([(network, active(network, {"in": 60}))], goals=Goals(("lut",), {"lut": 3.0}))
    least = min(found.table["lut"])
    with pytest.raises(InvalidInput, match=f"lut <= 3, got none of 24, .* {least:g} at best; try wider"):
        found.best()
    assert len(found.pareto()) == 0


@settings(max_examples=10)
@given(cases("spiking", "fixed"))
def test_any_network_can_be_explored(case) -> None:
    activity = simulate(case.network, case.images, engine="reference")
    points = explore([(case.network, activity)])
    assert 1 <= len(points.pareto()) <= len(points)
    best = points.best()
    assert estimate(case.network, activity, best).fits
    assert best == design(case.network, {layer.population: layer.lanes for layer in best.layers})


def test_designs_that_are_loaded(points) -> None:
    network, activity = points.networks[0], points.activities[0]
    found = explore([(network, activity)], device=points.estimates[0].point.device, loads=True)
    assert len(found) == len(points) and all(one.point.loads for one in found.estimates)
    for before, after in zip(points.estimates, found.estimates, strict=True):
        assert after == estimate(network, activity, after.point) and after.point.label == before.point.label
        assert after.lut.value > before.lut.value and after.latency_cycles == before.latency_cycles
