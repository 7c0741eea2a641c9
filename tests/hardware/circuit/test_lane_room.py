"""Lanes spread as far as the circuit lets them."""

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.area.one_layer import layer_parts
from spikewright.hardware.circuit.lane_room import room_of
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.placement import USUAL


def _network(dilation: tuple[int, int], neuron=None) -> snn.Network:
    weights = np.arange(1, 13).reshape(3, 1, 2, 2).astype(np.int8)
    populations = (
        snn.Population("in", (1, 7, 7), snn.Source()),
        snn.Population("p", (3, 7 - dilation[0], 7 - dilation[1]), neuron or snn.Integrator(), 0, 0, 16),
    )
    synapse = snn.Conv2d(weights, (1, 1), (0, 0), dilation)
    return snn.Network(populations, (snn.Projection("in", "p", synapse),), "in", "p", snn.RateCode(2), numbers="fixed")


@pytest.mark.parametrize(("dilation", "room"), [((1, 1), (3, 6, 6)), ((2, 1), (3, 1, 6)), ((2, 3), (3, 1, 1))])
def test_taps_that_lie_apart_have_one_lane_along_their_axis(dilation, room) -> None:
    network = _network(dilation)
    assert room_of(network, network.by_name["p"]) == room
    layer_parts(network, LayerDesign("p", room), USUAL)
    for axis in (1, 2):
        if room[axis] == 1:
            beyond = tuple(2 if each == axis else 1 for each in range(3))
            with pytest.raises(InvalidInput, match="expected one kernel lane along an axis whose taps lie apart"):
                layer_parts(network, LayerDesign("p", beyond), USUAL)
