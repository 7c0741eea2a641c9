"""The row of a layer: columns of all layers are the same, and blocks count in units of 36 kbit."""

from dataclasses import replace

from spikewright.hardware import DEVICES, estimate, time_multiplexed
from tests.hardware.small_networks import active, perceptron


def test_rows_of_layers_have_the_same_columns_and_a_loader_has_some_of_them() -> None:
    network = perceptron((300, 64, 10))
    point = replace(time_multiplexed(network), loads=True)
    one = estimate(network, active(network, {"in": 20, "h0": 8}), point)
    first, second = (layer.row(one.device) for layer in one.layers)
    assert list(first) == list(second) and first["layer"] == "h0" and second["layer"] == "out"
    assert first["bram36"] == one.layers[0].area.blocks / 2 > 0
    assert one.layers[0].row(DEVICES["5csema5"])["bram36"] == one.layers[0].area.blocks * 10 / 36
    loader = next(row for row in one.table if row["layer"] == "loader")
    assert loader["lut"] > 0 and "lut_high" in first
