"""Designs: what is allowed, and what is said when it is not."""

from dataclasses import replace

import pytest
from hypothesis import given

from spikewright import InvalidInput
from spikewright.hardware import (
    DEVICES,
    DesignPoint,
    LayerDesign,
    design,
    estimate,
    fully_parallel,
    hybrid,
    time_multiplexed,
)
from spikewright.hardware.circuit.lane_room import room_of
from spikewright.hardware.design_points import check_point, layers_of
from tests.hardware.small_networks import active, perceptron
from tests.snn.strategies import networks


def test_corners() -> None:
    network = perceptron((8, 6, 4, 3))
    activity = active(network, {"in": 40, "h0": 2, "h1": 1})
    assert fully_parallel(network).label == "6/4/3"
    assert time_multiplexed(network, device="ecp5-85k").label == "1/1/1"
    # 240 of 251 additions enter h0, so it alone does half of the work.
    assert hybrid(network, activity, clock_mhz=50).label == "6/1/1"


@given(networks("spiking", "fixed"))
def test_every_corner_is_a_design_of_the_network(network) -> None:
    for point in (fully_parallel(network), time_multiplexed(network)):
        check_point(network, point)
    assert all(layer.physical_neurons == 1 for layer in time_multiplexed(network).layers)
    rooms = {p.name: room_of(network, p) for p in layers_of(network)}
    assert {layer.population: layer.lanes.axes for layer in fully_parallel(network).layers} == rooms


@pytest.mark.parametrize("count", [0, 5000, -1, True, 1.5])
def test_p_outside_the_layer(count) -> None:
    with pytest.raises(InvalidInput, match="physical neurons"):
        design(perceptron((4, 3, 2)), {"h0": count})


def test_wrong_points() -> None:
    network = perceptron((4, 3, 2))
    activity = active(network, {"in": 1})
    with pytest.raises(InvalidInput, match="expected layers among h0, out, got x"):
        design(network, {"x": 1})
    with pytest.raises(InvalidInput, match="one layer for each"):
        estimate(network, activity, DesignPoint((LayerDesign("h0", 1),)))
    with pytest.raises(InvalidInput, match=r"lanes from .* for 'h0'"):
        estimate(network, activity, DesignPoint((LayerDesign("h0", (2, 2, 1)), LayerDesign("out", 1))))
    with pytest.raises(InvalidInput, match="clock"):
        DesignPoint((), clock_mhz=float("nan"))
    with pytest.raises(InvalidInput, match=r"5csema5, ecp5-25k, ecp5-85k, ice40-hx8k, xc7a100t, .*, got 'virtex'"):
        DesignPoint((), device="virtex")


def test_float_networks_are_sent_to_fixed() -> None:
    network = perceptron((4, 3, 2))
    floating = type(network)(network.populations, network.projections, "in", "out", network.code)
    with pytest.raises(InvalidInput, match=r"call network\.to_fixed\(\), or convert"):
        time_multiplexed(floating)


def test_a_point_knows_its_device_by_name_or_by_record() -> None:
    network = perceptron((4, 3, 2))
    listed, other = fully_parallel(network, device="ECP5-25K"), fully_parallel(network, device="lfe5u-25f")
    assert listed == other == fully_parallel(network, device=DEVICES["ecp5-25k"])
    assert (listed.device, listed.device_name, listed.fpga) == ("ecp5-25k", "ecp5-25k", DEVICES["ecp5-25k"])
    mine = replace(DEVICES["ecp5-25k"], name="mine")
    own = fully_parallel(network, device=mine)
    assert (own.device, own.device_name, own.fpga) == (mine, "mine", mine)


def test_a_point_takes_a_device_in_every_form() -> None:
    layers = fully_parallel(perceptron((4, 3, 2))).layers
    place = "tests.hardware.devices.test_files:MINE"
    assert DesignPoint(layers, device=place) == DesignPoint(layers, device=DEVICES.find(place))
    assert DesignPoint(layers, device=DEVICES["ecp5-25k"]) == DesignPoint(layers, device="LFE5U-25F")
    with pytest.raises(InvalidInput, match="device out of"):
        DesignPoint(layers, device="virtex-9000")


def test_a_point_is_loaded_at_run_time_or_not() -> None:
    point = time_multiplexed(perceptron((8, 4, 2)))
    assert not point.loads and replace(point, loads=True) != point and replace(point, loads=True).label == point.label
    with pytest.raises(InvalidInput, match=r"loads=True or False, got 'yes'"):
        replace(point, loads="yes")
