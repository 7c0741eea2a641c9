"""The area of layers: sums over the modules of the circuit, blocks of the placement, and what is said of the calibration."""

import pytest

from spikewright.hardware import DEVICES, design, fully_parallel
from spikewright.hardware.area.calibrated import sizes
from spikewright.hardware.area.elaboration.variants import circuit_uses
from spikewright.hardware.circuit.top import build
from spikewright.hardware.layer_designs import ladder
from spikewright.hardware.model.area import LayerArea, layer_area
from spikewright.hardware.placing import place
from spikewright.snn import Network
from tests.hardware.small_networks import formal, perceptron

_NETWORKS = {"events": perceptron((40, 12, 5)), "mac": formal()}


def _areas(network: Network, lanes, device: str = "xc7a100t") -> list[LayerArea]:
    point = design(network, lanes, device=device)
    return [layer_area(network, layer, DEVICES[device]) for layer in point.layers]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("network", _NETWORKS.values(), ids=_NETWORKS)
def test_every_device_has_areas_with_bands_and_the_blocks_of_the_placement(network: Network, device: str) -> None:
    areas = _areas(network, {"h0": 4}, device)
    for area in areas:
        assert 0 < area.lut.low <= area.lut.value <= area.lut.high
        assert 0 < area.ff.low <= area.ff.value <= area.ff.high
    assert sum(area.blocks for area in areas) == place(network, design(network, {"h0": 4}, device=device)).blocks


@pytest.mark.parametrize("network", _NETWORKS.values(), ids=_NETWORKS)
def test_layers_add_up_to_the_circuit(network: Network, tmp_path) -> None:
    point = fully_parallel(network)
    build(network, {layer.population: layer.lanes for layer in point.layers}, tmp_path / "c")
    text = (tmp_path / "c" / "core.v").read_text()
    files = {path.name: path for path in (tmp_path / "c").glob("*.mem")}
    whole = sizes("xc7").total(
        circuit_uses(text), lambda file: [int(word, 16) for word in files[file].read_text().split()]
    )
    areas = [layer_area(network, layer, DEVICES["xc7a100t"]) for layer in point.layers]
    assert sum(area.lut.value for area in areas) == pytest.approx(whole.lut.value)
    assert sum(area.ff.value for area in areas) == pytest.approx(whole.ff.value)


@pytest.mark.parametrize("network", _NETWORKS.values(), ids=_NETWORKS)
def test_twice_the_lanes_take_more_flip_flops(network: Network) -> None:
    areas = [layer_area(network, layer, DEVICES["xc7a100t"]) for layer in _rungs(network)]
    found = [area.ff.value for area in areas]
    assert found == sorted(found)


def _rungs(network: Network):
    return [design(network, {"h0": lanes}).by_name["h0"] for lanes in ladder(network.by_name["h0"])[2:]]
