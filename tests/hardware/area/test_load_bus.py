"""The bus of a core is as wide as its widest layer asks for, and its loader is the one of the wrapper."""

import pytest

from spikewright.hardware.area.elaboration.variants import instance_uses
from spikewright.hardware.area.load_bus import LoadBus
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.loading import bus_bits, load_map, loader
from spikewright.hardware.circuit.record import Ends
from spikewright.hardware.circuit.top import build
from tests.hardware.small_networks import perceptron
from tests.validate.drawers import DRAWERS, lanes_of


def test_none_one_and_many() -> None:
    assert LoadBus.of(()) == LoadBus() and LoadBus().loader == () and LoadBus.together(()) == LoadBus()
    wide, deep = LoadBus(3, 9, 4), LoadBus(12, 1, 2)
    assert LoadBus.together([wide, deep]) == LoadBus(12, 9, 6) and LoadBus.together([wide, LoadBus()]) == wide


@pytest.mark.parametrize("name", ["IF and LIF", "MAC core", "shared weights"])
def test_the_loader_is_that_of_the_wrapper(name, tmp_path) -> None:
    drawers = {one.name: one for one in DRAWERS}
    network = drawers[name].circuit(7, 1, tmp_path / "drawn").network if name in drawers else perceptron((12, 8, 3))
    circuit = build(network, lanes_of(network, 7, 1), tmp_path / "core", ends=Ends(loads=True))
    core = (circuit.folder / "core.v").read_text()
    bus = LoadBus.of(load_map(core))
    (there,), (here,) = instance_uses(read_instances(loader(core))), bus.loader
    assert here.module == there.module and here.count == there.count == 1
    assert {**there.parameters, "WORDS": 0} == here.parameters
    assert bus_bits(core) == 16 + bus.address + 32 * bus.words
