"""The design that flags mean."""

from spikewright.experiments.cli.designing import lanes_asked
from spikewright.experiments.stages.building import HardwareStage
from tests.hardware.small_networks import perceptron


def test_lanes_are_no_more_than_a_layer_has_channels() -> None:
    stage = HardwareStage(device="ecp5-25k", clock_mhz=50.0)
    point = lanes_asked(perceptron((8, 6, 3)), 4, stage)
    assert [layer.lanes.axes for layer in point.layers] == [(4, 1, 1), (3, 1, 1)]
    assert (point.device_name, point.clock_mhz) == ("ecp5-25k", 50.0)
