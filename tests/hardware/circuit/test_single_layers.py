"""One layer's Verilog: all of them have what the whole circuit has."""

from collections import Counter
from pathlib import Path

import pytest

from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.single_layers import single_layer
from tests.validate.drawers import DRAWERS, lanes_of

_NOWHERE = Path("/nowhere")


def _instances(text: str) -> Counter:
    return Counter((one.module, one.name, tuple(one.parameters.items())) for one in read_instances(text))


@pytest.mark.parametrize("drawer", DRAWERS, ids=lambda drawer: drawer.name)
def test_layers_that_know_their_own_lanes_alone_are_the_whole_circuit(drawer, tmp_path) -> None:
    seed, choice = 3, 1
    whole = drawer.circuit(seed, choice, tmp_path / "c")
    lanes, memories, found = lanes_of(whole.network, seed, choice), {}, Counter()
    for population in whole.inner:
        own = {population.name: lanes[population.name]}
        one = Circuit(whole.network, own, _NOWHERE, whole.storage, sink=memories.__setitem__)
        found += _instances(single_layer(one, population))
    assert found == _instances((tmp_path / "c" / "core.v").read_text())
    written = {path.name: path.read_text().split() for path in (tmp_path / "c").glob("*.mem")}
    assert {file: list(words) for file, words in memories.items()} == written
