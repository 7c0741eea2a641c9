"""Survivors by the simulator and by synthesis, beside their estimates."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware import Goals, design, explore, recheck
from spikewright.hardware.behaviour.simulating import behaviour_of
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import golden_activity, golden_rasters
from spikewright.hardware.cosim import icarus
from spikewright.hardware.cosim.programs import found as found_program
from spikewright.hardware.cosim.record import OVER
from spikewright.hardware.cosim.streams import input_words
from spikewright.hardware.exploring.rechecking import cycles_of, spread_evenly
from spikewright.hardware.synthesis.tools import available
from spikewright.snn import RateCode, simulate
from tests.hardware.cosim.drawn_macs import drawn_mac, drawn_mac_lanes
from tests.hardware.small_networks import perceptron

needs_yosys = pytest.mark.skipif(not available("yosys"), reason="Yosys is not installed: apt-get install yosys")


@pytest.fixture(scope="module")
def found():
    network = replace(perceptron((12, 8, 3), steps=4), code=RateCode(4))
    images = np.random.default_rng(0).random((3, 12)).astype(np.float32)
    activity = simulate(network, images, record=("rasters",))
    return explore([(network, activity)], device="ecp5-25k", goals=Goals(("latency_us", "lut")))


def test_the_front_by_the_simulator(found) -> None:
    table = recheck(found)
    assert table["point"] == found.pareto()["point"]
    for row in table:
        point = found.estimates[row["point"]].point
        lanes = {layer.population: layer.lanes for layer in point.layers}
        whole = behaviour_of(found.networks[0], lanes, found.activities[0])
        assert row["behaved_interval_cycles"] == whole.interval
        assert row["latency_cycles_low"] <= row["behaved_latency_cycles"] <= row["latency_cycles_high"]
        assert row["latency_inside"] is True


def test_own_points_and_bad_ones(found) -> None:
    assert recheck(found, [2, 0])["point"] == [2, 0] and len(recheck(found, [])) == 0
    with pytest.raises(InvalidInput, match=r"expected points from 0 to .* got 99; try those of pareto"):
        recheck(found, [99])
    with pytest.raises(InvalidInput, match=r"expected an Exploration, got Network; try explore"):
        recheck(found.networks[0])


def test_activities_without_rasters_are_refused(found) -> None:
    bare = replace(found, activities=(replace(found.activities[0], rasters={}),))
    with pytest.raises(InvalidInput, match="record="):
        recheck(bare)


def test_points_that_are_spread() -> None:
    assert spread_evenly(range(10), 4) == [0, 3, 6, 9]
    assert spread_evenly([5, 6], 4) == [5, 6] and spread_evenly([5, 6], 1) == [5] and spread_evenly([], 2) == []


@needs_yosys
def test_a_point_by_synthesis(found) -> None:
    row = next(iter(recheck(found, [], synthesised=[found.pareto()["point"][-1]])))
    assert row["synthesised_lut"] > 0 and row["synthesised_ff"] > 0
    assert row["lut_inside"] == (row["lut_low"] <= row["synthesised_lut"] <= row["lut_high"])
    assert row["blocks_inside"] == (abs(row["blocks"] - row["synthesised_blocks"]) <= 1)


@pytest.mark.skipif(
    found_program("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)
@pytest.mark.parametrize("seed", [0, 4])
def test_the_cycles_of_a_mac_core_are_those_of_its_verilog(seed: int, tmp_path) -> None:
    network = drawn_mac(seed)
    lanes = drawn_mac_lanes(network, seed)
    circuit = build(network, lanes, tmp_path / "core")
    images = np.zeros((4, *network.by_name[network.input].shape), np.float32)
    activity = golden_activity(network, images)
    words = input_words(circuit, golden_rasters(network, activity)[network.input])
    over = icarus.run(circuit, words, 4).events[OVER][:, 0]
    assert cycles_of(network, design(network, lanes), activity) == (over[0] + 1, over[3] - over[2])


@needs_yosys
def test_a_point_that_is_loaded_by_synthesis(found) -> None:
    network, activity = found.networks[0], found.activities[0]
    loaded = explore([(network, activity)], device="ecp5-25k", parallelism=[{}], loads=True)
    (row,) = recheck(loaded, [], synthesised=[1])
    assert (
        loaded.estimates[1].lut.value > row["lut"] and row["ff_inside"] and row["blocks_inside"] and row["dsp_inside"]
    )
    assert abs(row["lut"] / row["synthesised_lut"] - 1) < 0.1 and row["ff"] == row["synthesised_ff"]
