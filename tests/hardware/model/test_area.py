"""LUTs, flip-flops and blocks against layers that were synthesised."""

from dataclasses import replace

import pytest

from spikewright.hardware import DEVICES, estimate, fully_parallel, time_multiplexed
from spikewright.hardware.model.memory import block_count
from tests.hardware.small_networks import active, perceptron


def test_fully_parallel_area_of_the_measured_layer() -> None:
    # LUT = N (10.0 + 1.70 V + 1.20 W ceil(Nin / 64)) = 64 (10 + 27.2 + 9.6) = 2995, synthesis gave 3009; FF = 25 N + 2.
    network = perceptron((64, 64, 10), bits=16)
    network = replace(network, populations=tuple(replace(p, bias=0) for p in network.populations))
    layer = estimate(network, active(network, {"in": 65}), fully_parallel(network)).layers[0]
    assert layer.area.lut.value == pytest.approx(2995.2)
    assert layer.area.lut.low <= 3009 <= layer.area.lut.high
    assert layer.area.ff.value == 25 * 64 + 2
    assert layer.area.blocks == 0


def test_bands_hold_what_hand_written_layers_took() -> None:
    """Fully connected layers took up to 1 / (1 - 0.62) times the LUTs; a ROM of 240 rows 557 where 7,849 were estimated;
    flip-flops of 52 layers 1 / (1 - 0.72) times in the median. Laws and bands: `hardware.model.constants`."""
    network = perceptron((64, 64, 10), bits=16)
    for point in (fully_parallel(network), time_multiplexed(network)):
        for layer in estimate(network, active(network, {"in": 65}), point).layers:
            lut, ff = layer.area.lut, layer.area.ff
            assert lut.low <= lut.value * 557 / 7849 and lut.high >= lut.value / (1 - 0.62)
            assert ff.low <= ff.value and ff.high >= ff.value / (1 - 0.72)


def test_multiplexed_area_of_the_measured_layer() -> None:
    # The same layer on one physical neuron took 71 LUT, 41 to 61 flip-flops and one 36 kbit block for its weights.
    network = perceptron((64, 64, 10), bits=16)
    network = replace(network, populations=tuple(replace(p, bias=0) for p in network.populations))
    layer = estimate(network, active(network, {"in": 65}), time_multiplexed(network)).layers[0]
    assert layer.area.lut.value == pytest.approx(71, abs=1)
    assert 41 <= layer.area.ff.value <= 61
    assert layer.area.blocks - block_count(DEVICES["xc7a100t"], 16, 64) == 2  # two halves; the rest are potentials
